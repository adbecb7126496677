import type { MessageKey } from "./en.ts";

/** French. */
export const fr = {
  // Requests
  credentials_missing: "Les identifiants n'ont pas été fournis.",
  invalid_token: "Le jeton n'est pas valide.",
  user_inactive_or_deleted: "Le compte est désactivé ou a été supprimé.",
  permission_denied: "Vous n'avez pas le droit d'effectuer cette action.",
  not_found: "Introuvable.",
  organization_not_found: "Cette organisation n'existe pas.",
  organization_misconfigured:
    "Cette organisation n'est pas encore configurée : c'est à son gestionnaire de le faire.",
  invalid_page: "Cette page n'existe pas.",
  method_not_allowed: "La méthode « {method} » n'est pas autorisée.",
  unsupported_media_type: "Le type de contenu « {type} » de la requête n'est pas pris en charge.",
  throttled: "Trop de requêtes. Réessayez {seconds, in}.",
  overloaded: "Beaucoup de personnes se connectent en ce moment. Réessayez {seconds, in}.",
  fault: "Une erreur s'est produite. Elle a été enregistrée.",
  body_timeout: "Le contenu de la requête n'est pas arrivé à temps (limite en secondes : {seconds}).",
  body_too_large: "Le contenu de la requête dépasse la limite de {limit} octets.",
  body_incomplete: "Le contenu de la requête est incomplet.",
  body_no_object: "Données non valides. Un objet était attendu, mais il est arrivé : {kind}.",
  json_unreadable: "JSON illisible - {reason}",
  json_not_utf8: "JSON illisible - le texte n'est pas en UTF-8",
  json_nested: "JSON illisible - trop de niveaux imbriqués",
  json_nested_deeper: "JSON illisible - plus de {levels} niveaux imbriqués",
  form_not_utf8: "Formulaire illisible - le texte n'est pas en UTF-8",
  multipart_unreadable: "Formulaire illisible - ses parties ne se distinguent pas",

  // Fields
  field_required: "Ce champ est obligatoire.",
  field_blank: "Ce champ ne peut pas être vide.",
  field_null: "Ce champ ne peut pas être nul.",
  field_without_value: "Ce champ doit avoir une valeur.",
  invalid_text: "Ce texte n'est pas valide.",
  text_not_utf8: "Le texte n'est pas en UTF-8.",
  null_characters: "Les caractères nuls ne sont pas autorisés.",
  text_too_long: "Le texte est trop long. Nombre maximal de caractères : {longest}.",
  invalid_choice: "« {choice} » n'est pas un choix possible.",
  invalid_boolean: "La valeur doit être vrai ou faux.",
  invalid_integer: "Saisissez un nombre entier.",
  integer_too_small: "La valeur doit être supérieure ou égale à {least}.",
  integer_too_large: "La valeur doit être inférieure ou égale à {most}.",
  integer_not_between: "La valeur doit être comprise entre {least} et {most}.",
  total_out_of_range: "Le total est hors limites.",
  invalid_date: "La date n'est pas valide. Le format est AAAA-MM-JJ.",
  date_in_future: "Cette date est dans le futur.",
  invalid_date_time: "Saisissez une date et une heure valides.",
  wrong_date_time_format: "Le format de la date et de l'heure est incorrect.",
  invalid_ip_address: "Saisissez une adresse IPv4 ou IPv6 valide.",
  invalid_ipv6_address: "Saisissez une adresse IPv6 valide.",
  invalid_ipv6_network: "Saisissez un réseau IPv6 valide.",
  invalid_value: "Valeur non valide",
  invalid_uuid: "« {value} » n'est pas un UUID valide.",
  invalid_email: "Saisissez une adresse e-mail valide.",
  invalid_username: "Le nom d'utilisateur ne peut contenir que des lettres, des chiffres et @ . + - _",

  // Signing in
  invalid_credentials: "Le nom d'utilisateur ou le mot de passe est incorrect.",
  account_inactive: "Ce compte est désactivé.",
  registration_disabled: "{organization} n'accepte pas de nouvelles inscriptions pour le moment.",
  not_a_member: "{username} n'est pas membre de {organization}.",
  organization_disabled: "{organization} n'offre pas d'accès pour le moment.",
  magic_link_invalid: "Ce lien n'est plus valide. Connectez-vous avec votre mot de passe.",
  too_many_attempts: "Trop de tentatives. Réessayez {seconds, in}.",
  too_many_logins: "Beaucoup de personnes se connectent en ce moment. Réessayez {seconds, in}.",

  // Signing up
  username_taken: "Ce nom d'utilisateur est déjà pris.",
  email_taken: "Un compte existe déjà avec cette adresse e-mail.",
  phone_number_taken: "Un compte existe déjà avec ce numéro de téléphone.",
  similar_account:
    "Vous avez sans doute déjà un compte. Connectez-vous avec celui-ci pour l'utiliser ici aussi.",
  verification_mail_sent:
    "Nous vous avons envoyé un e-mail. Ouvrez le lien qu'il contient pour confirmer votre adresse.",
  method_not_pending: "Le mode de vérification ne peut être choisi que tant qu'il est en attente.",
  method_needs_email: "Ce mode de vérification demande une adresse e-mail.",

  // Confirming an address
  confirm_email_title: "Confirmez votre adresse e-mail",
  confirm_email_text: "{email} a été indiqué auprès de {organization}. Est-ce la vôtre ? Alors confirmez-la.",
  confirm_email_button: "Confirmer",
  email_confirmed_title: "Votre adresse est confirmée",
  email_confirmed_text:
    "{organization} sait maintenant que {email} est à vous. Vous pouvez fermer cette page.",
  confirm_email_expired_title: "Ce lien a expiré",
  confirm_email_expired_text:
    "Ces liens sont valables pour une durée limitée. Nous pouvons en envoyer un nouveau à {email}.",
  confirm_email_again_button: "Envoyer un nouveau lien",
  confirm_email_unknown_title: "Ce lien n'ouvre rien",
  confirm_email_unknown_text:
    "Il en manque peut-être une partie, ou le compte a désormais une autre adresse. Ouvrez le lien du dernier e-mail reçu.",
  go_to_login: "Aller à la page de connexion",

  // Passwords
  password_rules:
    "Au moins 8 caractères, pas seulement des chiffres, pas trop proche du nom d'utilisateur et pas trop courant.",
  password_like_username: "Le mot de passe ressemble trop au nom d'utilisateur.",
  password_like_email: "Le mot de passe ressemble trop à l'adresse e-mail.",
  password_like_first_name: "Le mot de passe ressemble trop au prénom.",
  password_like_last_name: "Le mot de passe ressemble trop au nom de famille.",
  password_like_phone_number: "Le mot de passe ressemble trop au numéro de téléphone.",
  password_too_short: "Le mot de passe est trop court. Nombre minimal de caractères : {least}.",
  password_too_common: "Ce mot de passe est trop courant.",
  password_entirely_numeric: "Ce mot de passe ne contient que des chiffres.",
  passwords_differ: "Les deux mots de passe ne sont pas identiques.",
  current_password_wrong: "Le mot de passe actuel est incorrect.",
  password_unchanged: "Le nouveau mot de passe est le même que l'actuel. Choisissez-en un autre.",
  account_without_password: "Ce compte se connecte sans mot de passe : il n'y en a pas à changer.",
  password_updated: "Votre mot de passe a été modifié.",
  password_reset_mail_sent:
    "Si un tel compte existe, nous avons envoyé un e-mail avec un lien pour choisir un nouveau mot de passe.",
  password_was_reset: "Votre nouveau mot de passe est enregistré. Vous pouvez vous connecter.",

  // Telephone numbers and codes
  sms_code_message: "Code de vérification de {organization} : {code}",
  sms_verification_disabled: "{organization} ne vérifie pas les numéros de téléphone par SMS.",
  phone_number_invalid: "Saisissez un numéro de téléphone valide, commençant par + et l'indicatif du pays.",
  phone_number_not_mobile: "Saisissez un numéro de téléphone mobile.",
  phone_prefix_not_allowed: "Les numéros de ce pays ne sont pas acceptés ici.",
  phone_number_unchanged: "C'est déjà votre numéro. Saisissez-en un autre.",
  already_verified: "Votre compte est déjà vérifié.",
  code_too_soon: "Un code vient d'être envoyé. Vous pourrez en demander un autre {seconds, in}.",
  code_daily_limit: "Vous avez atteint le nombre maximal de codes pour aujourd'hui. Réessayez demain.",
  code_daily_limit_of_address:
    "Trop de codes ont été demandés depuis ce réseau aujourd'hui. Réessayez demain.",
  code_daily_limit_of_number: "Trop de codes ont été envoyés à ce numéro aujourd'hui. Réessayez demain.",
  code_never_sent: "Aucun code ne vous a encore été envoyé. Demandez-en un d'abord.",
  code_used: "Ce code a déjà été utilisé.",
  code_attempts_used_up: "Trop de codes incorrects. Demandez-en un nouveau.",
  code_expired: "Ce code a expiré. Demandez-en un nouveau.",
  code_wrong: "Ce code est incorrect.",

  // Limits of use
  already_logged_in:
    "Accès refusé : vous avez déjà atteint le nombre maximal de connexions simultanées ({allowed}). Déconnectez un autre appareil",
  daily_time_used_up: "Votre temps d'utilisation quotidien est épuisé, il reprend le {day, day}",
  daily_data_used_up: "Votre volume de données quotidien est épuisé, il reprend le {day, day}",
  weekly_time_used_up: "Votre temps d'utilisation hebdomadaire est épuisé, il reprend le {day, day}",
  weekly_data_used_up: "Votre volume de données hebdomadaire est épuisé, il reprend le {day, day}",
  monthly_time_used_up: "Votre temps d'utilisation mensuel est épuisé, il reprend le {day, day}",
  monthly_data_used_up: "Votre volume de données mensuel est épuisé, il reprend le {day, day}",
  total_time_used_up: "Votre temps d'utilisation total est épuisé",
  total_data_used_up: "Votre volume de données total est épuisé",

  // Mail
  mail_greeting: "Bonjour {username},",
  mail_link_expires: "Le lien expire {seconds, in}.",
  confirmation_mail_subject: "{organization} : confirmez votre adresse e-mail",
  confirmation_mail_text:
    "Cette adresse a été indiquée à {organization} lors d'une inscription, par vous, nous l'espérons. Confirmez qu'elle est à vous.",
  confirmation_mail_button: "Confirmer mon adresse",
  confirmation_mail_ignore:
    "Si vous ne connaissez pas {organization}, ignorez ce message : l'adresse reste non confirmée.",
  reset_mail_subject: "{organization} : choisissez un nouveau mot de passe",
  reset_mail_text:
    "Quelqu'un, vous, nous l'espérons, a demandé un nouveau mot de passe pour le compte {username} chez {organization}.",
  reset_mail_button: "Choisir un nouveau mot de passe",
  reset_mail_ignore: "Si ce n'était pas vous, ignorez ce message : le mot de passe reste le même.",
  credentials_mail_subject: "{organization} : votre nom d'utilisateur et votre mot de passe",
  credentials_mail_text: "Un compte a été créé pour vous chez {organization}. Voici de quoi vous connecter :",
  credentials_mail_username: "Nom d'utilisateur",
  credentials_mail_password: "Mot de passe",
  credentials_mail_button: "Se connecter",
  credentials_mail_change:
    "Une fois connecté, changez de préférence le mot de passe et supprimez ce message.",
  session_mail_subject: "{organization} : une nouvelle session a commencé",
  session_mail_text: "Une session de votre compte {username} a commencé chez {organization}.",
  session_mail_link:
    "Ouvrez cette page pour voir vos sessions ou terminer celle-ci. Aucun mot de passe n'est demandé.",
  session_mail_button: "Voir mes sessions",
  session_mail_secret: "Le lien ne sert qu'une fois et ouvre votre compte : ne le transmettez à personne.",
} satisfies Record<MessageKey, string>;
