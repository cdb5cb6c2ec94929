import { ROUTE_ACCESS } from '#collector/http/route-access.ts'

/** Paths of people by their method, as they are declared; no box's, and not the stream of an open page. */
export function routesOf(method: 'GET' | 'POST'): readonly string[] {
  return Object.entries(ROUTE_ACCESS)
    .filter(
      ([route, { who }]) =>
        route.startsWith(`${method} `) && who !== 'appliance' && route !== 'GET /live',
    )
    .map(([route]) => route.split(' ')[1] ?? '')
}
