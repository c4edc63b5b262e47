import RateLimits

/// Which models serve which tier: the first that exists is used.
public struct TierModels: Sendable {
    public let basic: [String]
    public let pro: [String]

    public init(basic: [String], pro: [String]) {
        self.basic = basic
        self.pro = pro
    }

    func models(for tier: String) -> [String] { tier == "pro" ? pro : basic }

    /// Each once.
    var all: [String] { Array(Set(basic + pro)).sorted() }
    var classes: Set<String> { Set(all.map { OrganisationLimits.modelClass(of: $0) }) }
}
