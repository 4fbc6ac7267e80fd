/** Text that is HTML already. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | null | undefined | Html | Part[]

/** A piece of a page: what is filled in is escaped, unless it is a piece itself. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(texts.map((text, index) => text + (index < parts.length ? shown(parts[index]) : '')).join(''))
}

const style = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 62rem; margin: 0 auto; padding: 1rem 1.5rem 4rem }
  nav a { margin-right: 1rem } h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
  table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid #8884; vertical-align: top } td:first-child { white-space: nowrap }
  form { display: inline-flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: .25rem 0 }
  label { display: inline-flex; flex-direction: column; font-size: .85rem } input, textarea, select, button { font: inherit; padding: .3rem .5rem }
  details.entry { border-bottom: 1px solid #8884; padding: .35rem 0 } summary { cursor: pointer } .chip { border: 1px solid #8888; border-radius: 1rem; padding: 0 .55rem; font-size: .8rem; white-space: nowrap }
  nav.within { margin-bottom: 1rem } .key { white-space: nowrap } .quiet { opacity: .7 } .out { color: #c33 } .problem { border-left: 4px solid #c33; padding-left: .8rem }`

/** A whole page. */
export function page(title: string, content: Html): string {
  return `<!doctype html>${
    html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${new Html(style)}</style></head><body>
<nav><a href="/">Sandbox</a><a href="/podium/app">Podium</a><a href="/podium/app/items">Podium items</a><a href="/clientbook/app">Clientbook</a><a href="/store/app">The store</a><a href="/mail">Mail</a></nav>
<h1>${title}</h1>${content}</body></html>`.text
  }`
}

function shown(part: Part): string {
  if (part instanceof Html) return part.text
  if (Array.isArray(part)) return part.map(shown).join('')
  return String(part ?? '').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
