import type { SayingWords } from '#shared/rules/sayings'

/** Same codes, same places as in `src-shared/rules/sayings.ts`. */
export const sayings: SayingWords = {
  'server-no-encryption':
    '{protocol} sans chiffrement n’est permis que sur cet ordinateur. Choisissez TLS ou STARTTLS.',
  'server-no-tls':
    'Le serveur {protocol} {server} ne parle pas TLS. Vérifiez le port, ou choisissez STARTTLS dans la sécurité.',
  'server-certificate':
    'Le certificat du serveur {protocol} {server} n’est pas fiable pour l’hôte « {host} ». Vérifiez le nom ; un certificat à vous doit être connu de cet ordinateur.',
  'server-injects':
    'Le serveur {protocol} {server} a continué sans chiffrement après STARTTLS : quelqu’un ajoute peut-être des mots en chemin. Rien n’a été envoyé. Choisissez TLS dans la sécurité, ou demandez au fournisseur.',
  'server-no-starttls':
    'Le serveur {protocol} {server} n’offre pas STARTTLS. Choisissez TLS dans la sécurité, ou vérifiez le port.',
  'server-not-found': 'L’hôte « {host} » est introuvable. Vérifiez le nom ou le réseau.',
  'server-silent-port':
    'Le serveur {protocol} {server} ne répond pas : rien n’écoute là. Vérifiez le port et l’hôte.',
  'server-no-greeting':
    'Le serveur {protocol} {server} accepte la connexion mais ne salue pas. Vérifiez le port, ou choisissez une autre sécurité (TLS ou STARTTLS).',
  'server-too-slow':
    'Le serveur {protocol} {server} ne répond pas à temps. Vérifiez l’hôte et le port, ou le réseau.',
  'server-away': 'Le serveur {protocol} {server} n’est pas disponible pour l’instant : {reply}',
  'server-refuses': 'Le serveur {protocol} {server} nous refuse : {reply}',
  'server-other-protocol':
    'Le serveur {protocol} {server} répond dans un autre protocole. Vérifiez le port.',
  'server-wrong-password':
    'Le serveur {protocol} {server} refuse l’utilisateur et le mot de passe. Vérifiez les deux.',
  'server-ended':
    'Le serveur {protocol} {server} a mis fin à la connexion. Vérifiez les réglages, ou réessayez plus tard.',
  'server-cannot-check':
    'Le serveur {protocol} {server} ne peut pas vérifier le mot de passe pour l’instant.',
  'server-open':
    'Le serveur IMAP {host} laisse entrer n’importe qui sans mot de passe ni chiffrement. Choisissez TLS dans la sécurité, ou vérifiez le port.',
  'connecting-stopped': 'La connexion a été arrêtée.',
  'connection-lost': 'La connexion au serveur IMAP est perdue.',
  'connection-missing': 'Il n’y a pas de connexion au serveur IMAP.',
  'connection-lost-storing': 'La connexion a été perdue pendant l’enregistrement d’un message.',
  'login-ended': 'Le serveur IMAP a mis fin à la session.',
  'folder-missing': 'Le dossier n’existe pas sur le serveur.',
  'server-asks-to-wait': 'Le serveur IMAP nous demande d’attendre.',
  'imap-refused': 'Le serveur IMAP a refusé : {reply}',
  'mail-gone': 'Le mail n’est plus sur le serveur.',
  'part-too-big': 'Ceci dépasse ce que Copydesk lit (64 Mio).',
  'mails-set-aside':
    'Le serveur ne peut pas livrer {count} mail(s) ; ils sont réessayés une fois par jour. Cherchez-les dans un autre logiciel.',
  'reading-failed': 'Un problème est survenu en lisant les mails ; le journal a les détails.',
  'reading-stopped':
    'La lecture des mails s’est arrêtée soudain. Rien n’est perdu ; elle reprend d’elle-même.',
  'mailbox-full':
    'La boîte est pleine : les changements restent sur cet ordinateur jusqu’à ce qu’il y ait de la place.',
  'device-key-damaged':
    'La clé de ce poste (device.key dans le profil) est abîmée : remettez une sauvegarde, ou ôtez le fichier pour en avoir une nouvelle.',
  'password-unreadable': 'Le mot de passe enregistré est illisible : saisissez-le à nouveau.',
  'file-not-saved':
    'Le fichier n’a pas pu être enregistré ici ({reason}) : choisissez un autre endroit.',
  'file-not-opened': 'Aucun programme n’a pu ouvrir ce fichier : {reason}',
  'ticket-not-printed': 'Le ticket n’a pas été imprimé : {reason}.',
  'not-an-address': 'Ce n’est pas une adresse : elle a la forme nom@example.com.',
  'no-mailbox-yet': 'Aucune boîte n’est encore connectée : connectez-en une d’abord.',
  'held-for-news':
    'Quelqu’un a écrit sur ce ticket après l’envoi de cette réponse : lisez, puis envoyez-la, modifiez-la ou annulez-la.',
  'held-for-people':
    'D’autres personnes que lors de l’envoi recevraient maintenant cette réponse : envoyez-la telle quelle, modifiez-la ou annulez-la.',
  'waits-for-password': 'Attend le mot de passe.',
  'sending-failed': 'Un problème est survenu pendant l’envoi de ce mail.',
  'sent-by-receipt': 'Réglé par son reçu.',
  'sent-without-receipt': 'Aucun reçu n’est venu : le serveur n’a pas pris le mail.',
  'sent-elsewhere-maybe': 'Un autre poste a peut-être envoyé ce mail : son reçu le dira.',
  'sent-elsewhere-decides':
    'Un autre poste a peut-être à envoyer ceci. Le journal, illisible pour l’instant ou qui le désigne, décide.',
  'sending-interrupted': 'L’application s’est arrêtée pendant l’envoi de ce mail.',
  'cancelled-by-agent': 'Annulé par un agent.',
  'marked-by-agent': 'Marqué comme envoyé par un agent.',
}
