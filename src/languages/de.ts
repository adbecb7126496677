import type { MessageKey } from "./en.ts";

/** German. */
export const de = {
  // Requests
  credentials_missing: "Es wurden keine Anmeldedaten mitgeschickt.",
  invalid_token: "Das Token ist ungültig.",
  user_inactive_or_deleted: "Das Konto ist deaktiviert oder wurde gelöscht.",
  permission_denied: "Dazu sind Sie nicht berechtigt.",
  not_found: "Nicht gefunden.",
  organization_not_found: "Diese Organisation gibt es nicht.",
  organization_misconfigured: "Diese Organisation ist noch nicht eingerichtet: das muss ihr Betreiber tun.",
  invalid_page: "Diese Seite gibt es nicht.",
  method_not_allowed: "Die Methode „{method}“ ist nicht erlaubt.",
  unsupported_media_type: "Der Inhaltstyp „{type}“ der Anfrage wird nicht unterstützt.",
  throttled: "Zu viele Anfragen. Versuchen Sie es {seconds, in} noch einmal.",
  overloaded: "Gerade melden sich viele Leute an. Versuchen Sie es {seconds, in} noch einmal.",
  fault: "Hier ist etwas schiefgegangen. Der Fehler wurde aufgezeichnet.",
  body_timeout: "Der Inhalt der Anfrage ist nicht rechtzeitig angekommen (Frist in Sekunden: {seconds}).",
  body_too_large: "Der Inhalt der Anfrage ist größer als {limit} Byte.",
  body_incomplete: "Der Inhalt der Anfrage ist unvollständig.",
  body_no_object: "Ungültige Daten. Erwartet wurde ein Objekt, angekommen ist: {kind}.",
  json_unreadable: "JSON nicht lesbar - {reason}",
  json_not_utf8: "JSON nicht lesbar - der Text ist kein UTF-8",
  json_nested: "JSON nicht lesbar - zu tief verschachtelt",
  json_nested_deeper: "JSON nicht lesbar - mehr als {levels} Ebenen tief verschachtelt",
  form_not_utf8: "Formular nicht lesbar - der Text ist kein UTF-8",
  multipart_unreadable: "Formular nicht lesbar - seine Teile sind nicht zu unterscheiden",

  // Requests of login pages to the box (UAM)
  uam_not_understood: "Diese Anfrage ist nicht zu verstehen.",
  uam_wrong_method: "Hier werden nur GET und HEAD beantwortet.",
  uam_wrong_callback: "Der Callback ist kein Name einer Funktion.",
  uam_unknown_station:
    "Dieses Gerät ist in diesem Netz nicht bekannt. Verbinden Sie sich neu mit dem WLAN, dann laden Sie die Seite noch einmal.",
  uam_denied_station: "Dieses Gerät bekommt hier keinen Zugang. Fragen Sie die Betreiber des Netzes.",
  uam_no_such_page: "Diese Seite gibt es hier nicht.",
  uam_no_user_name: "Der Benutzername fehlt.",
  uam_long_user_name: "Der Benutzername ist zu lang.",
  uam_no_credential: "Das Passwort fehlt.",

  // Fields
  field_required: "Dieses Feld muss ausgefüllt werden.",
  field_blank: "Dieses Feld darf nicht leer sein.",
  field_null: "Dieses Feld darf nicht null sein.",
  field_without_value: "Dieses Feld braucht einen Wert.",
  invalid_text: "Dieser Text ist ungültig.",
  text_not_utf8: "Der Text ist kein UTF-8.",
  null_characters: "Nullzeichen sind nicht erlaubt.",
  text_too_long: "Der Text ist zu lang. Erlaubt sind höchstens {longest} Zeichen.",
  invalid_choice: "„{choice}“ steht nicht zur Auswahl.",
  invalid_boolean: "Der Wert muss wahr oder falsch sein.",
  invalid_integer: "Geben Sie eine ganze Zahl ein.",
  integer_too_small: "Der Wert muss mindestens {least} sein.",
  integer_too_large: "Der Wert darf höchstens {most} sein.",
  integer_not_between: "Der Wert muss zwischen {least} und {most} liegen.",
  total_out_of_range: "Die Summe ist zu groß.",
  invalid_date: "Das Datum ist ungültig. Die Schreibweise ist JJJJ-MM-TT.",
  date_in_future: "Dieses Datum liegt in der Zukunft.",
  invalid_date_time: "Geben Sie ein gültiges Datum mit Uhrzeit ein.",
  wrong_date_time_format: "Datum und Uhrzeit sind falsch geschrieben.",
  invalid_ip_address: "Geben Sie eine gültige IPv4- oder IPv6-Adresse ein.",
  invalid_ipv6_address: "Geben Sie eine gültige IPv6-Adresse ein.",
  invalid_ipv6_network: "Geben Sie ein gültiges IPv6-Netz ein.",
  invalid_value: "Ungültiger Wert",
  invalid_uuid: "„{value}“ ist keine gültige UUID.",
  invalid_email: "Geben Sie eine gültige E-Mail-Adresse ein.",
  invalid_username: "Ein Benutzername darf nur Buchstaben, Ziffern und @ . + - _ enthalten.",

  // Signing in
  invalid_credentials: "Der Benutzername oder das Passwort stimmt nicht.",
  account_inactive: "Dieses Konto ist deaktiviert.",
  registration_disabled: "{organization} nimmt zurzeit keine neuen Registrierungen an.",
  not_a_member: "{username} ist kein Mitglied von {organization}.",
  organization_disabled: "{organization} bietet zurzeit keinen Zugang an.",
  magic_link_invalid: "Dieser Link ist nicht mehr gültig. Bitte melden Sie sich mit Ihrem Passwort an.",
  too_many_attempts: "Zu viele Versuche. Versuchen Sie es {seconds, in} noch einmal.",
  too_many_logins: "Gerade melden sich viele Leute an. Versuchen Sie es {seconds, in} noch einmal.",

  // Signing up
  username_taken: "Dieser Benutzername ist vergeben.",
  email_taken: "Mit dieser E-Mail-Adresse gibt es schon ein Konto.",
  phone_number_taken: "Mit dieser Telefonnummer gibt es schon ein Konto.",
  similar_account:
    "Sie haben anscheinend schon ein Konto. Melden Sie sich damit an, um es auch hier zu nutzen.",
  verification_mail_sent:
    "Wir haben Ihnen eine E-Mail geschickt. Öffnen Sie den Link darin, um Ihre Adresse zu bestätigen.",
  method_not_pending: "Die Art der Bestätigung lässt sich nur wählen, solange sie noch offen ist.",
  method_needs_email: "Diese Art der Bestätigung braucht eine E-Mail-Adresse.",

  // Confirming an address
  confirm_email_title: "E-Mail-Adresse bestätigen",
  confirm_email_text:
    "{email} wurde bei {organization} angegeben. Ist das Ihre Adresse? Dann bestätigen Sie sie.",
  confirm_email_button: "Bestätigen",
  email_confirmed_title: "Ihre Adresse ist bestätigt",
  email_confirmed_text:
    "{organization} weiß jetzt, dass {email} Ihnen gehört. Sie können diese Seite schließen.",
  confirm_email_expired_title: "Dieser Link ist abgelaufen",
  confirm_email_expired_text:
    "Solche Links gelten nur für begrenzte Zeit. Wir können einen neuen an {email} senden.",
  confirm_email_again_button: "Neuen Link senden",
  confirm_email_unknown_title: "Dieser Link öffnet nichts",
  confirm_email_unknown_text:
    "Vielleicht fehlt ein Teil davon, oder das Konto hat inzwischen eine andere Adresse. Öffnen Sie den Link der neuesten E-Mail.",
  go_to_login: "Zur Anmeldeseite",

  // Passwords
  password_rules:
    "Mindestens 8 Zeichen, nicht nur Ziffern, dem Benutzernamen nicht zu ähnlich und keines, das viele benutzen.",
  password_like_username: "Das Passwort ist dem Benutzernamen zu ähnlich.",
  password_like_email: "Das Passwort ist der E-Mail-Adresse zu ähnlich.",
  password_like_first_name: "Das Passwort ist dem Vornamen zu ähnlich.",
  password_like_last_name: "Das Passwort ist dem Nachnamen zu ähnlich.",
  password_like_phone_number: "Das Passwort ist der Telefonnummer zu ähnlich.",
  password_too_short: "Das Passwort ist zu kurz. Es braucht mindestens {least} Zeichen.",
  password_too_common: "Dieses Passwort benutzen zu viele Leute.",
  password_entirely_numeric: "Dieses Passwort besteht nur aus Ziffern.",
  passwords_differ: "Die beiden Passwörter sind nicht gleich.",
  current_password_wrong: "Das bisherige Passwort stimmt nicht.",
  password_unchanged: "Das neue Passwort ist das gleiche wie das bisherige. Wählen Sie ein anderes.",
  account_without_password: "Dieses Konto meldet sich ohne Passwort an: Es gibt keines zu ändern.",
  password_updated: "Ihr Passwort wurde geändert.",
  password_reset_mail_sent:
    "Falls es so ein Konto gibt, haben wir eine E-Mail mit einem Link geschickt, um ein neues Passwort zu wählen.",
  password_was_reset: "Ihr neues Passwort gilt. Sie können sich jetzt damit anmelden.",

  // Telephone numbers and codes
  sms_code_message: "Bestätigungscode von {organization}: {code}",
  sms_verification_disabled: "{organization} bestätigt Telefonnummern nicht per SMS.",
  phone_number_invalid: "Geben Sie eine gültige Telefonnummer ein, mit + und der Landesvorwahl am Anfang.",
  phone_number_not_mobile: "Geben Sie eine Mobilfunknummer ein.",
  phone_prefix_not_allowed: "Nummern aus diesem Land werden hier nicht angenommen.",
  phone_number_unchanged: "Das ist schon Ihre Nummer. Geben Sie eine andere ein.",
  already_verified: "Ihr Konto ist schon bestätigt.",
  code_too_soon: "Gerade wurde ein Code verschickt. Den nächsten können Sie {seconds, in} anfordern.",
  code_daily_limit: "Mehr Codes gibt es an einem Tag nicht. Versuchen Sie es morgen noch einmal.",
  code_daily_limit_of_address:
    "Aus diesem Netz wurden heute zu viele Codes angefordert. Versuchen Sie es morgen noch einmal.",
  code_daily_limit_of_number:
    "An diese Nummer wurden heute zu viele Codes gesendet. Versuchen Sie es morgen noch einmal.",
  code_never_sent: "An Sie wurde noch kein Code verschickt. Fordern Sie zuerst einen an.",
  code_used: "Dieser Code wurde schon benutzt.",
  code_attempts_used_up: "Zu viele falsche Codes. Fordern Sie einen neuen an.",
  code_expired: "Dieser Code ist abgelaufen. Fordern Sie einen neuen an.",
  code_wrong: "Dieser Code stimmt nicht.",

  // Limits of use
  already_logged_in:
    "Zugang verweigert: Sie sind schon so oft gleichzeitig angemeldet, wie erlaubt ist ({allowed}). Melden Sie ein anderes Gerät ab",
  daily_time_used_up: "Ihre tägliche Nutzungszeit ist aufgebraucht, sie beginnt neu am {day, day}",
  daily_data_used_up: "Ihr tägliches Datenvolumen ist aufgebraucht, es beginnt neu am {day, day}",
  weekly_time_used_up: "Ihre wöchentliche Nutzungszeit ist aufgebraucht, sie beginnt neu am {day, day}",
  weekly_data_used_up: "Ihr wöchentliches Datenvolumen ist aufgebraucht, es beginnt neu am {day, day}",
  monthly_time_used_up: "Ihre monatliche Nutzungszeit ist aufgebraucht, sie beginnt neu am {day, day}",
  monthly_data_used_up: "Ihr monatliches Datenvolumen ist aufgebraucht, es beginnt neu am {day, day}",
  total_time_used_up: "Ihre gesamte Nutzungszeit ist aufgebraucht",
  total_data_used_up: "Ihr gesamtes Datenvolumen ist aufgebraucht",

  // The sign-in page of the Wi-Fi
  portal_login_title: "Im WLAN anmelden",
  portal_username: "Benutzername",
  portal_password: "Passwort",
  portal_login_button: "Anmelden",
  portal_username_missing: "Geben Sie Ihren Benutzernamen ein.",
  portal_password_missing: "Geben Sie Ihr Passwort ein.",
  portal_text_too_long: "Das sind mehr als {longest} Zeichen.",
  portal_form_stale: "Diese Seite war nicht mehr aktuell. Geben Sie bitte Ihr Passwort noch einmal ein.",
  portal_form_broken: "Das Formular ist nicht vollständig angekommen. Senden Sie es bitte noch einmal.",
  portal_no_answer:
    "Ihre Anmeldung kann gerade nicht geprüft werden. Versuchen Sie es bitte gleich noch einmal.",
  portal_logged_out: "Sie sind abgemeldet.",
  portal_session_over: "Ihre Sitzung ist zu Ende. Melden Sie sich wieder an, um weiterzumachen.",
  portal_status_title: "Sie sind verbunden",
  portal_connected_as: "Angemeldet als",
  portal_time_left: "Restzeit",
  portal_time_used: "Genutzte Zeit",
  portal_data_left: "Restliche Daten",
  portal_data_used: "Genutzte Daten",
  portal_update: "Zahlen aktualisieren",
  portal_continue_to: "Weiter zu {host}",
  portal_logout_title: "Abmelden?",
  portal_logout_text: "Danach müssen Sie sich wieder anmelden, um das WLAN zu nutzen.",
  portal_logout_button: "Abmelden",
  portal_stay: "Verbunden bleiben",
  portal_splash_title: "Willkommen",
  portal_splash_text: "Weiter zum WLAN.",
  portal_splash_button: "Weiter",
  portal_bypass_text: "Dieses Gerät braucht hier keine Anmeldung.",
  portal_unknown_title: "Wir sehen Ihr Gerät nicht in diesem WLAN",
  portal_unknown_text:
    "Schalten Sie das WLAN aus und wieder ein und öffnen Sie diese Seite dann noch einmal.",
  portal_denied_title: "Dieses Gerät darf dieses WLAN nicht benutzen",
  portal_page_missing: "Diese Seite gibt es nicht.",

  // Mail
  mail_greeting: "Guten Tag {username},",
  mail_link_expires: "Der Link läuft {seconds, in} ab.",
  confirmation_mail_subject: "{organization}: Bestätigen Sie Ihre E-Mail-Adresse",
  confirmation_mail_text:
    "Diese Adresse wurde bei {organization} für eine Registrierung angegeben, hoffentlich von Ihnen. Bitte bestätigen Sie, dass sie Ihnen gehört.",
  confirmation_mail_button: "Adresse bestätigen",
  confirmation_mail_ignore:
    "Wenn Ihnen {organization} nichts sagt, beachten Sie diese Nachricht nicht: Die Adresse bleibt unbestätigt.",
  reset_mail_subject: "{organization}: Wählen Sie ein neues Passwort",
  reset_mail_text:
    "Jemand, hoffentlich Sie, hat ein neues Passwort für das Konto {username} bei {organization} angefordert.",
  reset_mail_button: "Neues Passwort wählen",
  reset_mail_ignore:
    "Wenn Sie das nicht waren, beachten Sie diese Nachricht nicht: Das Passwort bleibt, wie es ist.",
  credentials_mail_subject: "{organization}: Ihr Benutzername und Ihr Passwort",
  credentials_mail_text:
    "Bei {organization} wurde ein Konto für Sie angelegt. Damit können Sie sich anmelden:",
  credentials_mail_username: "Benutzername",
  credentials_mail_password: "Passwort",
  credentials_mail_button: "Anmelden",
  credentials_mail_change:
    "Ändern Sie das Passwort am besten nach der Anmeldung, und löschen Sie diese Nachricht.",
  session_mail_subject: "{organization}: Eine neue Sitzung hat begonnen",
  session_mail_text: "Eine Sitzung Ihres Kontos {username} hat bei {organization} begonnen.",
  session_mail_link:
    "Öffnen Sie diese Seite, um Ihre Sitzungen zu sehen oder diese zu beenden. Ein Passwort brauchen Sie dafür nicht.",
  session_mail_button: "Meine Sitzungen ansehen",
  session_mail_secret: "Der Link gilt einmal und öffnet Ihr Konto: Geben Sie ihn nicht weiter.",
} satisfies Record<MessageKey, string>;
