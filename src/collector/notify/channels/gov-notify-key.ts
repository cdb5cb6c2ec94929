const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const KEY = new RegExp(`^.{0,200}?-?(${UUID})-(${UUID})$`, 'i')

/** The parts of an API key of GOV.UK Notify, `NAME-SERVICE-SECRET`; undefined for anything else. */
export function parseNotifyKey(
  text: string,
): { readonly service: string; readonly secret: string } | undefined {
  const [, service, secret] = KEY.exec(text) ?? []
  return service === undefined || secret === undefined ? undefined : { service, secret }
}
