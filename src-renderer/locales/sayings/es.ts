import type { SayingWords } from '#shared/rules/sayings'

/** Same codes, same places as in `src-shared/rules/sayings.ts`. */
export const sayings: SayingWords = {
  'server-no-encryption':
    '{protocol} sin cifrado solo se permite en este equipo. Elija TLS o STARTTLS.',
  'server-no-tls':
    'El servidor {protocol} {server} no habla TLS. Revise el puerto o elija STARTTLS en seguridad.',
  'server-certificate':
    'El certificado del servidor {protocol} {server} no es de confianza para el host «{host}». Revise el nombre; un certificado propio debe darse a conocer a este equipo.',
  'server-injects':
    'El servidor {protocol} {server} siguió hablando sin cifrar tras STARTTLS: quizá alguien añade palabras por el camino. No se envió nada. Elija TLS en seguridad o pregunte al proveedor.',
  'server-no-starttls':
    'El servidor {protocol} {server} no ofrece STARTTLS. Elija TLS en seguridad o revise el puerto.',
  'server-not-found': 'No se encuentra el host «{host}». Revise el nombre o la red.',
  'server-silent-port':
    'El servidor {protocol} {server} no responde: nadie escucha allí. Revise el puerto y el host.',
  'server-no-greeting':
    'El servidor {protocol} {server} acepta conexiones pero no saluda. Revise el puerto o elija otra seguridad (TLS o STARTTLS).',
  'server-too-slow':
    'El servidor {protocol} {server} no responde a tiempo. Revise el host y el puerto, o la red.',
  'server-away': 'El servidor {protocol} {server} no está disponible ahora: {reply}',
  'server-refuses': 'El servidor {protocol} {server} nos rechaza: {reply}',
  'server-other-protocol':
    'El servidor {protocol} {server} responde en otro protocolo. Revise el puerto.',
  'server-wrong-password':
    'El servidor {protocol} {server} rechaza el usuario y la contraseña. Revise ambos.',
  'server-ended':
    'El servidor {protocol} {server} cerró la conexión. Revise los ajustes o inténtelo más tarde.',
  'server-cannot-check': 'El servidor {protocol} {server} no puede comprobar la contraseña ahora.',
  'server-open':
    'El servidor IMAP {host} deja entrar a cualquiera sin contraseña ni cifrado. Elija TLS en seguridad o revise el puerto.',
  'connecting-stopped': 'Se detuvo la conexión.',
  'connection-lost': 'Se perdió la conexión con el servidor IMAP.',
  'connection-missing': 'No hay conexión con el servidor IMAP.',
  'connection-lost-storing': 'La conexión se perdió mientras se guardaba un mensaje.',
  'login-ended': 'El servidor IMAP terminó la sesión.',
  'folder-missing': 'La carpeta no existe en el servidor.',
  'server-asks-to-wait': 'El servidor IMAP nos pide esperar.',
  'imap-refused': 'El servidor IMAP rechazó: {reply}',
  'mail-gone': 'El correo ya no está en el servidor.',
  'part-too-big': 'Esto es mayor de lo que Copydesk lee (64 MiB).',
  'mails-set-aside':
    'El servidor no puede entregar {count} correo(s); se vuelven a intentar una vez al día. Búsquelos en otro programa de correo.',
  'reading-failed': 'Algo falló al leer el correo; el registro tiene los detalles.',
  'reading-stopped':
    'La lectura del correo se detuvo de improviso. No se pierde nada; vuelve a empezar sola.',
  'mailbox-full': 'El buzón está lleno: los cambios quedan en este equipo hasta que haya espacio.',
  'device-key-damaged':
    'La clave de este equipo (device.key en el perfil) está dañada: restaure una copia o quite el archivo para obtener una nueva.',
  'password-unreadable': 'La contraseña guardada no se puede leer: escríbala de nuevo.',
  'file-not-saved': 'El archivo no se pudo guardar aquí ({reason}): elija otro lugar.',
  'file-not-opened': 'Ningún programa pudo abrir este archivo: {reason}',
  'ticket-not-printed': 'El ticket no se imprimió: {reason}.',
  'not-an-address': 'Esto no es una dirección de correo: tiene la forma nombre@example.com.',
  'no-mailbox-yet': 'Aún no hay ningún buzón conectado: conecte uno primero.',
  'held-for-news':
    'Alguien escribió en este ticket después de enviarse esta respuesta: léalo y luego envíela, edítela o cancélela.',
  'held-for-people':
    'Esta respuesta la recibirían ahora otras personas que cuando se envió: envíela tal cual, edítela o cancélela.',
  'waits-for-password': 'Espera la contraseña.',
  'sending-failed': 'Algo falló al enviar este correo.',
  'sent-by-receipt': 'Aclarado por su recibo.',
  'sent-without-receipt': 'No llegó recibo: el servidor no aceptó el correo.',
  'sent-elsewhere-maybe': 'Quizá otro equipo ya envió este correo: su recibo lo dirá.',
  'sent-elsewhere-decides':
    'Quizá le toca a otro equipo enviar esto. Decide el diario, que ahora no se puede leer o nombra a aquel.',
  'sending-interrupted': 'La aplicación terminó mientras se enviaba este correo.',
  'cancelled-by-agent': 'Cancelado por un agente.',
  'marked-by-agent': 'Marcado como enviado por un agente.',
}
