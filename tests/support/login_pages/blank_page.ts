/** What the guest gets when the pages meet a value that they cannot draw. */
export class BlankPage extends Error {
  override readonly name = "BlankPage";
}
