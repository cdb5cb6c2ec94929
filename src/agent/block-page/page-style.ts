import { createHash } from 'node:crypto'

/** The console's colours: deep petrol, mint and ink; the system's own typeface; light and dark. */
export const PAGE_STYLE: string = `
:root{color-scheme:light dark;--ink:#13232b;--quiet:#44525a;--paper:#fff;--ground:#f3f6f7;--line:#cfd8db;--deep:#0b3b45;--mint:#7fe0c8;--petrol:#0a6570;--link:#0b5c7a;--focus:#ffd84d;--red:#a4161a;--edge:#33454e}
@media (prefers-color-scheme:dark){:root{--ink:#e9f1f3;--quiet:#b4c3c9;--paper:#14262d;--ground:#0c181d;--line:#33474f;--deep:#08272e;--petrol:#8ce4cf;--link:#8fd3ee;--red:#ff9d96;--edge:#8ba1aa}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;background:var(--ground);color:var(--ink);font:1.1875rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
.in{width:100%;max-width:44rem;margin:0 auto;padding:0 1.25rem}
.skip{position:absolute;left:-99em}
.skip:focus{position:static;display:block;padding:.5rem 1.25rem;background:var(--focus);color:#13232b}
.top{background:var(--deep);color:#fff}
.top .in{display:flex;align-items:center;gap:.7rem;padding-top:.75rem;padding-bottom:.75rem;font-weight:600}
.top svg{flex:none}
main{flex:1 0 auto;padding:2rem 0 3rem}
main:focus{outline:none}
h1{margin:0 0 1rem;font-size:clamp(1.6rem,6vw,2.1rem);line-height:1.2;text-wrap:balance}
h2{margin:0 0 .75rem;font-size:1.3125rem;line-height:1.3}
p{margin:0 0 1rem}
a{color:var(--link);text-underline-offset:.15em}
a:hover{text-decoration-thickness:3px}
a:focus-visible,button:focus-visible,summary:focus-visible{outline:3px solid transparent;background:var(--focus);color:#13232b;box-shadow:0 4px #13232b}
.card{margin:0 0 1.5rem;padding:1.25rem;border:1px solid var(--line);border-radius:8px;background:var(--paper)}
.card>:last-child{margin-bottom:0}
.why{border-left:6px solid var(--petrol)}
dl{margin:0}
dt{color:var(--quiet);font-size:1rem}
dd{margin:0 0 .9rem}
dd:last-child{margin-bottom:0}
.name{font-weight:600}
.quiet{color:var(--quiet);font-size:1rem}
.lines{list-style:none;margin:0 0 1.5rem;padding:0;display:grid;gap:1rem}
.lines .card{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.5rem 1.5rem;margin:0;padding:1rem 1.25rem;border-left:6px solid var(--petrol)}
.lines p,.lines h2{margin:0}
.reach{min-width:min(16rem,100%)}
.call{display:inline-block;font-weight:700;font-size:1.3125rem;line-height:1.4}
label,.label{display:block;margin:0 0 .25rem;font-weight:600}
.hint{margin:0 0 .4rem;color:var(--quiet);font-size:1rem}
.field{margin:0 0 1.25rem}
.wrong{border-left:5px solid var(--red);padding-left:1rem}
.wrong .message{margin:0 0 .4rem;color:var(--red);font-weight:600}
textarea,input[type=text]{width:100%;padding:.5rem;border:2px solid var(--edge);border-radius:4px;background:var(--paper);color:var(--ink);font:inherit}
input.short{width:6rem}
textarea:focus,input[type=text]:focus{outline:3px solid var(--focus);outline-offset:0;border-color:#13232b;box-shadow:inset 0 0 0 2px #13232b}
@media (prefers-color-scheme:dark){textarea:focus,input[type=text]:focus{border-color:var(--focus);box-shadow:none}}
button{min-height:2.75rem;padding:.5rem 1.25rem;border:0;border-radius:4px;background:#0a6570;color:#fff;font:inherit;font-weight:600;cursor:pointer}
button:hover{background:#084f58}
.news{border:3px solid var(--petrol)}
.trouble{border:3px solid var(--red)}
.reference{font-size:1.5rem;font-weight:700;letter-spacing:.05em}
footer{padding:1rem 0 1.5rem;color:var(--quiet);font-size:1rem}
footer p{margin:0}
@media print{body{background:#fff}form,footer{display:none}}
`

/** What the Content-Security-Policy names the style by (CSP Level 3, section 6.7). */
export const STYLE_HASH: string = createHash('sha256').update(PAGE_STYLE).digest('base64')
