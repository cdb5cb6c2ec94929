/** Room for datagrams that wait, asked for on every UDP socket; without CAP_NET_ADMIN the kernel gives at most `net.core.rmem_max`. */
export const RECEIVE_BUFFER_BYTES = 8_388_608
