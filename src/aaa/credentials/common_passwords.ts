/** Passwords that are tried first, of 8 characters or more; shorter ones and plain numbers are refused anyway. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  (
    "password password1 password12 password123 password1234 passw0rd p@ssword p@ssw0rd pa$$word passport " +
    "qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwertz123 azertyui azertyuiop asdfghjk asdfghjkl zxcvbnm1 " +
    "1qaz2wsx 1qazxsw2 1q2w3e4r 1q2w3e4r5t q1w2e3r4 q1w2e3r4t5 zaq12wsx qazwsxedc 123qweasd qweasdzxc abcd1234 " +
    "abc12345 a1b2c3d4 abcdefgh abcdefg1 a1234567 a12345678 1234567a 12345678a 1234qwer 123456qwerty " +
    "iloveyou iloveyou1 iloveyou2 princess princess1 sunshine sunshine1 football football1 baseball baseball1 " +
    "basketball superman superman1 batman123 spiderman starwars pokemon1 minecraft computer internet internet1 " +
    "michelle jennifer jonathan danielle alexander elizabeth samantha christian nicholas victoria patricia " +
    "trustno1 whatever letmein1 letmein123 welcome1 welcome12 welcome123 changeme changeme1 changeme123 " +
    "administrator admin123 admin1234 admin12345 adminadmin root1234 rootroot toor1234 master123 default1 default123 " +
    "secret123 secret12 testtest test1234 test12345 guest123 guestguest user1234 manager1 operator operator1 " +
    "portico1 portico123 openwisp openwisp1 openwisp123 radius123 radiusradius freeradius hotspot1 hotspot123 " +
    "wifi1234 wifiwifi wireless mikrotik mikrotik1 ubiquiti ubnt1234 network1 network123 router123 coffeeshop " +
    "aaaaaaaa abababab abcabcabc zzzzzzzz xxxxxxxx ffffffff midnight mountain corvette mercedes maverick dolphins " +
    "liverpool manchester barcelona juventus arsenal1 chelsea1 blink182 metallica slipknot chocolate butterfly " +
    "hellohello hello123 hello1234 monkey12 monkey123 dragon12 dragon123 shadow12 shadow123 charlie1 summer12 " +
    "winter12 spring12 summer2024 summer2025 summer2026 winter2024 winter2025 winter2026"
  ).split(" "),
);
