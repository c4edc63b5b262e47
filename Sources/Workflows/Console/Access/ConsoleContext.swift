import Hummingbird
import NIOCore

/// What travels with a request through the console.
struct ConsoleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Where the connection comes from; behind a proxy, the proxy.
    let address: String
    /// Who asks. Nil on the pages that need no sign-in.
    var session: ConsoleSession?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        address = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }
}
