import { dropped, list, object, text, unset } from '../shape/shape.ts'
import { address, hostName } from '../shape/values.ts'

/** What a container may ask of one of its networks. The rest is state of an answer that clients send back. */
export const endpointSettings = object({
  IPAMConfig: object({
    IPv4Address: address,
    IPv6Address: address,
    LinkLocalIPs: unset,
  }),
  Aliases: list(hostName),
  Links: unset,
  MacAddress: unset,
  DriverOpts: unset,
  GwPriority: unset,
  NetworkID: dropped(text()),
  EndpointID: dropped(text()),
  Gateway: dropped(text()),
  IPAddress: dropped(text()),
  IPPrefixLen: unset,
  IPv6Gateway: dropped(text()),
  GlobalIPv6Address: dropped(text()),
  GlobalIPv6PrefixLen: unset,
  DNSNames: unset,
})
