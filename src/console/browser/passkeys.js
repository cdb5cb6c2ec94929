/**
 * Lets a browser make a passkey or show one. The forms are ordinary ones: all that happens here is that the browser is asked
 * before the form goes, and that what it gave goes with it.
 */

/** @typedef {import('../words/browser.ts').BrowserWords['passkeys']} Says */

/** Shows the forms that a passkey answers, where this browser has passkeys. */
export function offerPasskeys() {
  for (const part of document.querySelectorAll('[data-passkey]')) {
    const form = part.querySelector('form')
    const says = part.querySelector('[data-passkey-says]')
    if (!(part instanceof HTMLElement) || form === null || !(says instanceof HTMLElement)) continue
    /** @type {Says} */
    const words = JSON.parse(says.dataset['passkeySays'] ?? '')
    if (window.isSecureContext && 'PublicKeyCredential' in window) offer(form, says, words)
    else if ('passkeyNew' in form.dataset) {
      form.hidden = true
      says.textContent = words.off
    } else continue
    part.hidden = false
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} says
 * @param {Says} words
 */
function offer(form, says, words) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    says.textContent = words.asking
    answer(form, words).then(
      () => {
        says.textContent = ''
      },
      (error) => {
        says.textContent = wordsFor(error, words)
      },
    )
  })
}

/**
 * @param {HTMLFormElement} form
 * @param {Says} words
 */
async function answer(form, words) {
  const asked = await fetch(form.dataset['passkeyAsk'] ?? '', { method: 'POST' })
  // A proof is asked for first: its page stands where the answer should.
  if (asked.redirected) {
    location.assign(asked.url)
    return
  }
  if (!asked.ok) throw new Error(words.notAsked)
  const options = await asked.json()
  const credential = 'passkeyNew' in form.dataset ? await make(options) : await show(options)
  const field = form.elements.namedItem('response')
  if (!(credential instanceof PublicKeyCredential) || !(field instanceof HTMLInputElement))
    throw new Error(words.noneGiven)
  field.value = JSON.stringify(jsonOf(credential))
  form.submit()
}

/** @param {PublicKeyCredentialCreationOptionsJSON} options */
function make(options) {
  /** @type {PublicKeyCredentialCreationOptions} */
  const publicKey =
    typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function'
      ? PublicKeyCredential.parseCreationOptionsFromJSON(options)
      : {
          rp: options.rp,
          pubKeyCredParams: options.pubKeyCredParams,
          authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
          user: { ...options.user, id: bytesOf(options.user.id) },
          challenge: bytesOf(options.challenge),
          excludeCredentials: listed(options.excludeCredentials),
        }
  return navigator.credentials.create({ publicKey })
}

/** @param {PublicKeyCredentialRequestOptionsJSON} options */
function show(options) {
  /** @type {PublicKeyCredentialRequestOptions} */
  const publicKey =
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function'
      ? PublicKeyCredential.parseRequestOptionsFromJSON(options)
      : {
          rpId: options.rpId ?? location.hostname,
          userVerification: 'required',
          challenge: bytesOf(options.challenge),
          allowCredentials: listed(options.allowCredentials),
        }
  return navigator.credentials.get({ publicKey })
}

/**
 * What the form carries: as `toJSON` has it, where the browser has that.
 * @param {PublicKeyCredential} credential
 */
function jsonOf(credential) {
  if (typeof credential.toJSON === 'function') return credential.toJSON()
  const { id, type, response } = credential
  const common = { id, rawId: id, type, clientExtensionResults: {} }
  const clientDataJSON = textOf(response.clientDataJSON)
  if (response instanceof AuthenticatorAttestationResponse) {
    const attestationObject = textOf(response.attestationObject)
    return { ...common, response: { clientDataJSON, attestationObject } }
  }
  if (!(response instanceof AuthenticatorAssertionResponse)) return common
  const userHandle = response.userHandle === null ? undefined : textOf(response.userHandle)
  const authenticatorData = textOf(response.authenticatorData)
  const signature = textOf(response.signature)
  return { ...common, response: { clientDataJSON, authenticatorData, signature, userHandle } }
}

/**
 * @param {readonly { id: string }[] | undefined} credentials
 * @returns {PublicKeyCredentialDescriptor[]}
 */
function listed(credentials) {
  return (credentials ?? []).map(({ id }) => ({ type: 'public-key', id: bytesOf(id) }))
}

/**
 * @param {unknown} error
 * @param {Says} words
 */
function wordsFor(error, words) {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError') return words.refused
  if (name === 'InvalidStateError') return words.there
  const why = error instanceof Error ? error.message : words.noReason
  return words.failed.replace('{why}', () => why)
}

/** @param {ArrayBuffer} buffer */
function textOf(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte))
  return btoa(letters.join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** @param {string} text Base64url. */
function bytesOf(text) {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}
