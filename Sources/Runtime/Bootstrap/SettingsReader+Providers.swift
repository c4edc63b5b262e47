public import HTTPTransport
import Privacy
public import RateLimits
public import TokenVault

extension SettingsReader {
    /// Reads `ENCRYPTION_KEY`; nil only together with a fault.
    public mutating func tokenVault() -> TokenVault? {
        guard let keys = secret("ENCRYPTION_KEY", "expected a Fernet key; `repazoo keys generate` makes one") else {
            return nil
        }
        do throws(VaultError) { return try TokenVault(keys: keys) } catch {
            fault("ENCRYPTION_KEY", "\(error)")
            return nil
        }
    }

    /// `900/15m`: so many calls in any window of this length.
    public mutating func rateLimit(_ name: String, default standard: RateLimit) -> RateLimit {
        guard let text = text(name) else { return standard }
        guard let limit = RateLimit(setting: text) else {
            fault(name, "is no rate limit; write a number and a time from 100ms to 24h, such as 900/15m")
            return standard
        }
        return limit
    }

    /// Where a provider is reached. `SANDBOX_HOST` names the one other host than this machine that may be asked without TLS.
    public mutating func baseURL(_ name: String, default standard: String) -> String {
        let text = text(name) ?? standard
        let base = BaseURL(text)
        if base == nil || base?.plainHost != nil && base?.plainHost != sandboxHost() {
            fault(name, "must be https://… (http://… on this machine only), without user, ? and #")
        }
        return text
    }

    /// The host of a sandbox in a private network, such as a container's name; nil = there is none.
    public mutating func sandboxHost() -> String? {
        guard let host = text("SANDBOX_HOST") else { return nil }
        guard host == host.lowercased(), BaseURL("http://\(host)")?.plainHost == host else {
            fault(
                "SANDBOX_HOST",
                "must be a name without a dot, in lower case, as a container has in a network of its own")
            return nil
        }
        return host
    }

    /// What a client of providers may ask.
    public mutating func plainHTTP() -> HTTPClientConfiguration.PlainHTTP {
        sandboxHost().map { .loopbackAnd($0) } ?? .loopbackOnly
    }
}

/// An assembly was asked for its workflow although its settings had faults.
public struct IncompleteAssembly: Error, CustomStringConvertible {
    public init() {}

    public var description: String { "settings are missing" }
}
