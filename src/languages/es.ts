import type { MessageKey } from "./en.ts";

/** Spanish. */
export const es = {
  // Requests
  credentials_missing: "No se han enviado las credenciales de acceso.",
  invalid_token: "El token no es válido.",
  user_inactive_or_deleted: "La cuenta está desactivada o se ha eliminado.",
  permission_denied: "No tiene permiso para realizar esta acción.",
  not_found: "No encontrado.",
  organization_not_found: "Esta organización no existe.",
  organization_misconfigured:
    "Esta organización todavía no está configurada: debe hacerlo quien la gestiona.",
  invalid_page: "Esta página no existe.",
  method_not_allowed: "El método «{method}» no está permitido.",
  unsupported_media_type: "El tipo de contenido «{type}» de la solicitud no es compatible.",
  throttled: "Demasiadas solicitudes. Vuelva a intentarlo {seconds, in}.",
  overloaded: "Hay muchas personas accediendo ahora. Vuelva a intentarlo {seconds, in}.",
  fault: "Algo ha fallado aquí. El error ha quedado registrado.",
  body_timeout: "El contenido de la solicitud no llegó a tiempo (límite en segundos: {seconds}).",
  body_too_large: "El contenido de la solicitud supera el límite de {limit} bytes.",
  body_incomplete: "El contenido de la solicitud está incompleto.",
  body_no_object: "Datos no válidos. Se esperaba un objeto y llegó: {kind}.",
  json_unreadable: "JSON ilegible - {reason}",
  json_not_utf8: "JSON ilegible - el texto no está en UTF-8",
  json_nested: "JSON ilegible - demasiados niveles anidados",
  json_nested_deeper: "JSON ilegible - más de {levels} niveles anidados",
  form_not_utf8: "Formulario ilegible - el texto no está en UTF-8",
  multipart_unreadable: "Formulario ilegible - no se distinguen sus partes",

  // Fields
  field_required: "Este campo es obligatorio.",
  field_blank: "Este campo no puede estar vacío.",
  field_null: "Este campo no puede ser nulo.",
  field_without_value: "Este campo debe tener un valor.",
  invalid_text: "Este texto no es válido.",
  text_not_utf8: "El texto no está en UTF-8.",
  null_characters: "No se permiten caracteres nulos.",
  text_too_long: "El texto es demasiado largo. Número máximo de caracteres: {longest}.",
  invalid_choice: "«{choice}» no es una opción válida.",
  invalid_boolean: "El valor debe ser verdadero o falso.",
  invalid_integer: "Introduzca un número entero.",
  integer_too_small: "El valor debe ser como mínimo {least}.",
  integer_too_large: "El valor debe ser como máximo {most}.",
  integer_not_between: "El valor debe estar entre {least} y {most}.",
  total_out_of_range: "El total está fuera de los límites.",
  invalid_date: "La fecha no es válida. El formato es AAAA-MM-DD.",
  date_in_future: "Esta fecha está en el futuro.",
  invalid_date_time: "Introduzca una fecha y hora válidas.",
  wrong_date_time_format: "La fecha y la hora tienen un formato incorrecto.",
  invalid_ip_address: "Introduzca una dirección IPv4 o IPv6 válida.",
  invalid_ipv6_address: "Introduzca una dirección IPv6 válida.",
  invalid_ipv6_network: "Introduzca una red IPv6 válida.",
  invalid_value: "Valor no válido",
  invalid_uuid: "«{value}» no es un UUID válido.",
  invalid_email: "Introduzca una dirección de correo válida.",
  invalid_username: "El nombre de usuario solo puede contener letras, cifras y @ . + - _",

  // Signing in
  invalid_credentials: "El nombre de usuario o la contraseña no son correctos.",
  account_inactive: "Esta cuenta está desactivada.",
  registration_disabled: "{organization} no admite nuevos registros por ahora.",
  not_a_member: "{username} no pertenece a {organization}.",
  organization_disabled: "{organization} no ofrece acceso por ahora.",
  magic_link_invalid: "Este enlace ya no es válido. Acceda con su contraseña.",
  too_many_attempts: "Demasiados intentos. Vuelva a intentarlo {seconds, in}.",
  too_many_logins: "Hay muchas personas accediendo ahora. Vuelva a intentarlo {seconds, in}.",

  // Signing up
  username_taken: "Este nombre de usuario ya está en uso.",
  email_taken: "Ya existe una cuenta con esta dirección de correo.",
  phone_number_taken: "Ya existe una cuenta con este número de teléfono.",
  similar_account: "Parece que ya tiene una cuenta. Acceda con ella para usarla también aquí.",
  verification_mail_sent:
    "Le hemos enviado un correo. Abra el enlace que contiene para confirmar su dirección.",
  method_not_pending: "El método de verificación solo se puede elegir mientras esté pendiente.",
  method_needs_email: "Este método de verificación necesita una dirección de correo.",

  // Confirming an address
  confirm_email_title: "Confirme su correo electrónico",
  confirm_email_text: "Se indicó {email} en {organization}. ¿Es suyo? Entonces confírmelo.",
  confirm_email_button: "Confirmar",
  email_confirmed_title: "Su dirección está confirmada",
  email_confirmed_text: "{organization} ya sabe que {email} es suyo. Puede cerrar esta página.",
  confirm_email_expired_title: "Este enlace ha caducado",
  confirm_email_expired_text:
    "Los enlaces como este valen por un tiempo limitado. Podemos enviar uno nuevo a {email}.",
  confirm_email_again_button: "Enviar un enlace nuevo",
  confirm_email_unknown_title: "Este enlace no abre nada",
  confirm_email_unknown_text:
    "Quizá le falte una parte, o la cuenta tiene ya otra dirección. Abra el enlace del correo más reciente.",
  go_to_login: "Ir a la página de acceso",

  // Passwords
  password_rules:
    "Al menos 8 caracteres, no solo cifras, que no se parezca al nombre de usuario y que no sea muy usada.",
  password_like_username: "La contraseña se parece demasiado al nombre de usuario.",
  password_like_email: "La contraseña se parece demasiado a la dirección de correo.",
  password_like_first_name: "La contraseña se parece demasiado al nombre.",
  password_like_last_name: "La contraseña se parece demasiado al apellido.",
  password_like_phone_number: "La contraseña se parece demasiado al número de teléfono.",
  password_too_short: "La contraseña es demasiado corta. Número mínimo de caracteres: {least}.",
  password_too_common: "Esta contraseña es demasiado común.",
  password_entirely_numeric: "Esta contraseña solo tiene cifras.",
  passwords_differ: "Las dos contraseñas no son iguales.",
  current_password_wrong: "La contraseña actual no es correcta.",
  password_unchanged: "La nueva contraseña es igual a la actual. Elija otra.",
  account_without_password: "Esta cuenta accede sin contraseña: no hay ninguna que cambiar.",
  password_updated: "Su contraseña se ha cambiado.",
  password_reset_mail_sent:
    "Si existe una cuenta con estos datos, hemos enviado un correo con un enlace para elegir una nueva contraseña.",
  password_was_reset: "Su nueva contraseña está lista. Ya puede acceder con ella.",

  // Telephone numbers and codes
  sms_code_message: "Código de verificación de {organization}: {code}",
  sms_verification_disabled: "{organization} no verifica los números de teléfono por SMS.",
  phone_number_invalid: "Introduzca un número de teléfono válido, que empiece por + y el prefijo del país.",
  phone_number_not_mobile: "Introduzca el número de un teléfono móvil.",
  phone_prefix_not_allowed: "Aquí no se aceptan números de este país.",
  phone_number_unchanged: "Este ya es su número. Introduzca otro.",
  already_verified: "Su cuenta ya está verificada.",
  code_too_soon: "Se acaba de enviar un código. Podrá pedir otro {seconds, in}.",
  code_daily_limit: "Ha alcanzado el número máximo de códigos por hoy. Vuelva a intentarlo mañana.",
  code_daily_limit_of_address:
    "Hoy se han pedido demasiados códigos desde esta red. Vuelva a intentarlo mañana.",
  code_daily_limit_of_number:
    "Hoy se han enviado demasiados códigos a este número. Vuelva a intentarlo mañana.",
  code_never_sent: "Todavía no se le ha enviado ningún código. Pida uno primero.",
  code_used: "Este código ya se ha usado.",
  code_attempts_used_up: "Demasiados códigos incorrectos. Pida uno nuevo.",
  code_expired: "Este código ha caducado. Pida uno nuevo.",
  code_wrong: "Este código no es correcto.",

  // Limits of use
  already_logged_in:
    "Acceso denegado: ya ha alcanzado el número máximo de conexiones simultáneas ({allowed}). Cierre la sesión en otro dispositivo",
  daily_time_used_up: "Su tiempo de uso diario se ha agotado, se renueva el {day, day}",
  daily_data_used_up: "Sus datos diarios se han agotado, se renuevan el {day, day}",
  weekly_time_used_up: "Su tiempo de uso semanal se ha agotado, se renueva el {day, day}",
  weekly_data_used_up: "Sus datos semanales se han agotado, se renuevan el {day, day}",
  monthly_time_used_up: "Su tiempo de uso mensual se ha agotado, se renueva el {day, day}",
  monthly_data_used_up: "Sus datos mensuales se han agotado, se renuevan el {day, day}",
  total_time_used_up: "Su tiempo de uso total se ha agotado",
  total_data_used_up: "Sus datos totales se han agotado",

  // Mail
  mail_greeting: "Hola, {username}:",
  mail_link_expires: "El enlace caduca {seconds, in}.",
  confirmation_mail_subject: "{organization}: confirme su dirección de correo",
  confirmation_mail_text:
    "Esta dirección se indicó a {organization} en un registro, esperamos que por usted. Confirme que es suya.",
  confirmation_mail_button: "Confirmar mi dirección",
  confirmation_mail_ignore:
    "Si no conoce {organization}, ignore este mensaje: la dirección queda sin confirmar.",
  reset_mail_subject: "{organization}: elija una contraseña nueva",
  reset_mail_text:
    "Alguien, esperamos que usted, pidió una contraseña nueva para la cuenta {username} en {organization}.",
  reset_mail_button: "Elegir una contraseña nueva",
  reset_mail_ignore: "Si no fue usted, ignore este mensaje: la contraseña sigue siendo la misma.",
  credentials_mail_subject: "{organization}: su nombre de usuario y su contraseña",
  credentials_mail_text:
    "Se ha creado una cuenta para usted en {organization}. Con estos datos puede iniciar sesión:",
  credentials_mail_username: "Nombre de usuario",
  credentials_mail_password: "Contraseña",
  credentials_mail_button: "Iniciar sesión",
  credentials_mail_change:
    "Después de iniciar sesión, es mejor que cambie la contraseña y borre este mensaje.",
  session_mail_subject: "{organization}: ha comenzado una sesión nueva",
  session_mail_text: "Una sesión de su cuenta {username} ha comenzado en {organization}.",
  session_mail_link: "Abra esta página para ver sus sesiones o terminar esta. No necesita la contraseña.",
  session_mail_button: "Ver mis sesiones",
  session_mail_secret: "El enlace funciona una sola vez y abre su cuenta: no se lo dé a nadie.",
} satisfies Record<MessageKey, string>;
