/// What a finding is, and so which marker takes its place.
public enum PersonalKind: String, Sendable, Hashable, CaseIterable {
    case user
    case email
    case phone
    case url
    case id
    case ip
    case token
    case password
    case card
    case iban

    /// The text that stands where the personal text stood, for example `[EMAIL]`.
    public var marker: String { "\(staticMarker)" }

    var staticMarker: StaticString {
        switch self {
        case .user: "[USER]"
        case .email: "[EMAIL]"
        case .phone: "[PHONE]"
        case .url: "[URL]"
        case .id: "[ID]"
        case .ip: "[IP]"
        case .token: "[TOKEN]"
        case .password: "[PASSWORD]"
        case .card: "[CARD]"
        case .iban: "[IBAN]"
        }
    }

    /// The place in `allCases`.
    var place: Int {
        switch self {
        case .user: 0
        case .email: 1
        case .phone: 2
        case .url: 3
        case .id: 4
        case .ip: 5
        case .token: 6
        case .password: 7
        case .card: 8
        case .iban: 9
        }
    }
}
