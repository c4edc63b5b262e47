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
    public var marker: String {
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
}
