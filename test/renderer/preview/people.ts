import type { MailAddress } from '#shared/model/address'

export const me: MailAddress = { name: 'Ana Ribeiro', address: 'ana@nordlicht.example' }
export const desk = 'support@nordlicht.example'

export const colleagues: readonly MailAddress[] = [
  me,
  { name: 'Tom Becker', address: 'tom@nordlicht.example' },
  { name: 'Yuki Tanaka', address: 'yuki@nordlicht.example' },
  { name: 'Priya Nair', address: 'priya@nordlicht.example' },
]

export const customers: readonly MailAddress[] = [
  { name: 'Maria Lindqvist', address: 'maria.lindqvist@fjordbygg.example' },
  { name: 'Jean-Baptiste Moreau', address: 'jb.moreau@atelier-moreau.example' },
  { name: '佐藤 健一', address: 'k.sato@sakura-denki.example' },
  { name: 'Oluwaseun Adeyemi', address: 'seun@lagosprint.example' },
  { name: 'Frau Dr. Annegret Schönfeld-Wittgenstein', address: 'schoenfeld@stadtwerke.example' },
  { name: '', address: 'einkauf@maschinenbau-huber.example' },
  { name: 'Lucía Fernández', address: 'lucia@huertasol.example' },
  { name: 'نور الهاشمي', address: 'nour@hashemi-trading.example' },
  { name: 'Ben Carter', address: 'ben.carter@brightside.example' },
  { name: 'Sofia Rossi', address: 'sofia@rossi-ceramiche.example' },
]

export interface Matter {
  readonly subject: string
  readonly preview: string
}

export const matters: readonly Matter[] = [
  {
    subject: 'Delivery 48813 arrived with two cracked panels',
    preview:
      'Thank you, Ana. Jonas from the site will send the photos, and Eva needs the new date for the crane.',
  },
  {
    subject: 'Facture 2026-1187 : TVA incorrecte',
    preview:
      'Bonjour, la TVA indiquée est de 20 % alors que nous avons fourni un numéro intracommunautaire.',
  },
  {
    subject: '納品書の宛名変更のお願い',
    preview: 'お世話になっております。来月より宛名を下記のとおり変更していただけますでしょうか。',
  },
  {
    subject: 'Re: Re: Access for the new warehouse team',
    preview: 'All five are in. Could you also add the night shift? List attached.',
  },
  {
    subject: 'Rückfrage zum Wartungsvertrag und zur Verlängerung um weitere 24 Monate ab 1. Januar',
    preview:
      'Sehr geehrte Frau Ribeiro, vielen Dank für die schnelle Antwort. Unser Justiziariat bittet um',
  },
  {
    subject: 'Ersatzteil 7741-B',
    preview: 'Wann ist mit der Lieferung zu rechnen? Die Anlage steht seit Montag.',
  },
  {
    subject: 'Pedido duplicado',
    preview: 'Hola, hemos recibido dos veces el mismo pedido. ¿Podemos devolver uno?',
  },
  {
    subject: 'طلب عرض سعر',
    preview: 'مرحباً، نود الحصول على عرض سعر لعدد ٤٠ وحدة مع الشحن إلى دبي.',
  },
  {
    subject: 'Cannot log in since this morning',
    preview: 'It says the link has expired, and the new link says the same.',
  },
  {
    subject: 'Campioni per la fiera di Bologna',
    preview: 'Buongiorno, i campioni arriveranno prima del 20?',
  },
]

export const mailHtml = `<style>:root{color-scheme:light dark}</style><body style="margin:0;font:14px/1.5 Arial"><p>Hi Ana,</p>
<p>two of the <b>twelve panels</b> in delivery 48813 are cracked along the lower edge. I put Jonas (site)
and Eva (planning) in copy, because the crane is booked for Thursday.</p>
<table style="border-collapse:collapse"><tr><th style="border:1px solid #ccc;padding:4px 10px;text-align:left">Panel</th>
<th style="border:1px solid #ccc;padding:4px 10px">Damage</th></tr><tr><td style="border:1px solid #ccc;padding:4px 10px">P-07</td>
<td style="border:1px solid #ccc;padding:4px 10px">crack, 12 cm</td></tr><tr><td style="border:1px solid #ccc;padding:4px 10px">P-11</td>
<td style="border:1px solid #ccc;padding:4px 10px">corner missing</td></tr></table><p>Best regards<br>Maria</p></body>`
