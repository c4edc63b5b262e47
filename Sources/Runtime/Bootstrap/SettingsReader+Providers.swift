import HTTPTransport
import Privacy
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

    /// Where a provider is reached.
    public mutating func baseURL(_ name: String, default standard: String) -> String {
        let text = text(name) ?? standard
        if BaseURL(text) == nil {
            fault(name, "must be https://… (http://… on this machine only), without user, ? and #")
        }
        return text
    }
}

/// An assembly was asked for its workflow although its settings had faults.
public struct IncompleteAssembly: Error, CustomStringConvertible {
    public init() {}

    public var description: String { "settings are missing" }
}
