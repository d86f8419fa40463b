import type { SayingWords } from '#shared/rules/sayings'

/** Same codes, same places as in `src-shared/rules/sayings.ts`. */
export const sayings: SayingWords = {
  'server-no-encryption':
    '{protocol} ohne Verschlüsselung ist nur auf diesem Computer erlaubt. Wählen Sie TLS oder STARTTLS.',
  'server-no-tls':
    'Der {protocol}-Server {server} spricht kein TLS. Prüfen Sie den Port, oder wählen Sie bei Sicherheit STARTTLS.',
  'server-certificate':
    'Dem Zertifikat des {protocol}-Servers {server} kann für den Host „{host}“ nicht vertraut werden. Prüfen Sie den Hostnamen; ein eigenes Zertifikat muss diesem Computer bekannt gemacht werden.',
  'server-injects':
    'Der {protocol}-Server {server} sprach nach STARTTLS unverschlüsselt weiter: Jemand dazwischen fügt vielleicht Worte ein. Nichts wurde gesendet. Wählen Sie bei Sicherheit TLS, oder fragen Sie den Anbieter.',
  'server-no-starttls':
    'Der {protocol}-Server {server} bietet kein STARTTLS an. Wählen Sie bei Sicherheit TLS, oder prüfen Sie den Port.',
  'server-not-found':
    'Der Host „{host}“ ist nicht zu finden. Prüfen Sie den Hostnamen oder das Netz.',
  'server-silent-port':
    'Der {protocol}-Server {server} antwortet nicht: Dort hört niemand zu. Prüfen Sie Port und Host.',
  'server-no-greeting':
    'Der {protocol}-Server {server} nimmt Verbindungen an, grüßt aber nicht. Prüfen Sie den Port, oder wählen Sie eine andere Sicherheit (TLS oder STARTTLS).',
  'server-too-slow':
    'Der {protocol}-Server {server} antwortet nicht rechtzeitig. Prüfen Sie Host und Port oder das Netz.',
  'server-away': 'Der {protocol}-Server {server} ist gerade nicht verfügbar: {reply}',
  'server-refuses': 'Der {protocol}-Server {server} weist uns ab: {reply}',
  'server-other-protocol':
    'Der {protocol}-Server {server} antwortet in einem anderen Protokoll. Prüfen Sie den Port.',
  'server-wrong-password':
    'Der {protocol}-Server {server} lehnt Benutzer und Passwort ab. Prüfen Sie beide.',
  'server-ended':
    'Der {protocol}-Server {server} hat die Verbindung beendet. Prüfen Sie die Einstellungen, oder versuchen Sie es später.',
  'server-cannot-check': 'Der {protocol}-Server {server} kann das Passwort gerade nicht prüfen.',
  'server-open':
    'Der IMAP-Server {host} lässt jeden ohne Passwort und ohne Verschlüsselung ein. Wählen Sie bei Sicherheit TLS, oder prüfen Sie den Port.',
  'connecting-stopped': 'Das Verbinden wurde abgebrochen.',
  'connection-lost': 'Die Verbindung zum IMAP-Server ist abgebrochen.',
  'connection-missing': 'Es gibt keine Verbindung zum IMAP-Server.',
  'connection-lost-storing': 'Die Verbindung brach ab, während eine Nachricht abgelegt wurde.',
  'login-ended': 'Der IMAP-Server hat die Anmeldung beendet.',
  'folder-missing': 'Den Ordner gibt es auf dem Server nicht.',
  'server-asks-to-wait': 'Der IMAP-Server bittet uns zu warten.',
  'imap-refused': 'Der IMAP-Server hat abgelehnt: {reply}',
  'mail-gone': 'Die Mail liegt nicht mehr auf dem Server.',
  'part-too-big': 'Das ist größer, als Copydesk liest (64 MiB).',
  'mails-set-aside':
    'Der Server kann {count} Mail(s) nicht herausgeben; sie werden einmal am Tag wieder versucht. Suchen Sie sie in einem anderen Mailprogramm.',
  'reading-failed': 'Beim Lesen der Mail ging etwas schief; das Protokoll hat die Einzelheiten.',
  'reading-stopped':
    'Das Lesen der Mail endete unerwartet. Nichts ist verloren; es beginnt von selbst wieder.',
  'mailbox-full':
    'Das Postfach ist voll: Änderungen bleiben auf diesem Computer, bis wieder Platz ist.',
  'device-key-damaged':
    'Der Schlüssel dieses Desktops (device.key im Profil) ist beschädigt: Spielen Sie eine Sicherung zurück, oder entfernen Sie die Datei, um einen neuen zu bekommen.',
  'password-unreadable': 'Das gespeicherte Passwort ist nicht lesbar: Geben Sie es neu ein.',
  'file-not-saved':
    'Die Datei konnte hier nicht gespeichert werden ({reason}): Wählen Sie einen anderen Ort.',
  'file-not-opened': 'Kein Programm konnte diese Datei öffnen: {reason}',
  'ticket-not-printed': 'Das Ticket wurde nicht gedruckt: {reason}.',
  'not-an-address': 'Das ist keine Mailadresse: Sie sieht aus wie name@example.com.',
  'no-mailbox-yet': 'Noch ist kein Postfach verbunden: Verbinden Sie zuerst eines.',
  'held-for-news':
    'Nach dem Senden dieser Antwort hat jemand auf diesem Ticket geschrieben: Lesen Sie es, dann senden, bearbeiten oder verwerfen Sie sie.',
  'held-for-people':
    'Diese Antwort bekämen inzwischen andere Leute, als sie gesendet wurde: Senden Sie sie, wie sie ist, bearbeiten oder verwerfen Sie sie.',
  'waits-for-password': 'Wartet auf das Passwort.',
  'sending-failed': 'Beim Senden dieser Mail ging etwas schief.',
  'sent-by-receipt': 'Durch ihre Quittung geklärt.',
  'sent-without-receipt': 'Es kam keine Quittung: Der Server hat die Mail nicht genommen.',
  'sent-elsewhere-maybe':
    'Ein anderer Desktop hat diese Mail vielleicht gesendet: Ihre Quittung wird es zeigen.',
  'sent-elsewhere-decides':
    'Ein anderer Desktop sendet das vielleicht. Das Journal, das gerade nicht lesbar ist oder jenen nennt, entscheidet.',
  'sending-interrupted': 'Die App endete, während diese Mail gesendet wurde.',
  'cancelled-by-agent': 'Von jemandem im Team verworfen.',
  'marked-by-agent': 'Von jemandem im Team als gesendet markiert.',
}
