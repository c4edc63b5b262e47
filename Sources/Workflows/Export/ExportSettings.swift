public import Bootstrap
public import Contracts
public import DownloadLinks
public import FoundationEssentials
import HTTPTransport
import ObjectStore
import Privacy

/// How exports are handed over.
public struct ExportSettings: Sendable {
    public let keys: LinkKeys
    /// Where `repazoo-console` is reached from outside; empty = links begin with their path.
    public let publicURL: String
    /// How long an export can be had once it is ready.
    public let life: Duration

    public init(keys: LinkKeys, publicURL: String, life: Duration) {
        self.keys = keys
        self.publicURL = publicURL
        self.life = life
    }

    /// Reads `EXPORT_SIGNING_KEY`, `PUBLIC_URL` and `EXPORT_LINK_TTL`. Nil only together with a fault.
    public static func read(_ reader: inout SettingsReader) -> ExportSettings? {
        let life = reader.duration("EXPORT_LINK_TTL", default: .seconds(24 * 3600))
        if life < .seconds(60) || life > .seconds(30 * 86400) {
            reader.fault("EXPORT_LINK_TTL", "must be from 1m to 30d")
        }
        let url = publicURL(&reader)
        guard
            let secret = reader.secret(
                "EXPORT_SIGNING_KEY", "expected \(LinkKeys.minimumBytes) bytes or more, the same as the console's")
        else { return nil }
        guard let keys = LinkKeys(secret) else {
            reader.fault("EXPORT_SIGNING_KEY", "every key must have \(LinkKeys.minimumBytes) bytes or more")
            return nil
        }
        return ExportSettings(keys: keys, publicURL: url, life: life)
    }

    /// The one place that makes links.
    public func link(to export: MessageID, expires: Date) -> String {
        publicURL + SignedLink(id: export, expires: expires).path(.download, keys)
    }

    private static func publicURL(_ reader: inout SettingsReader) -> String {
        guard let text = reader.text("PUBLIC_URL") else { return "" }
        guard text.hasPrefix("https://") || text.hasPrefix("http://"),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !text.contains(where: { "?#\"<>\\".contains($0) })
        else {
            reader.fault(
                "PUBLIC_URL", "must be where the console is reached from outside, such as https://console.example.com")
            return ""
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
