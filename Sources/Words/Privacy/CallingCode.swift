/// Country calling codes (ITU-T E.164 and its list of assigned codes).
enum CallingCode {
    /// One bit for each number below 1000 that is a code.
    private static let assigned: InlineArray<16, UInt64> = {
        var bits = InlineArray<16, UInt64>(repeating: 0)
        for range in ranges { for code in range { bits[code >> 6] |= 1 << UInt64(code & 63) } }
        return bits
    }()

    private static let ranges: [ClosedRange<Int>] = [
        1...1, 7...7, 20...20, 27...27, 30...34, 36...36, 39...41, 43...49, 51...58, 60...66, 81...82, 84...84, 86...86,
        90...95, 98...98, 211...213, 216...216, 218...218, 220...258, 260...269, 290...291, 297...299, 350...359,
        370...383,
        385...387, 389...389, 420...421, 423...423, 500...509, 590...599, 670...670, 672...683, 685...692, 800...800,
        808...808, 850...850, 852...853, 855...856, 870...870, 878...878, 880...883, 886...886, 888...888, 960...968,
        970...977, 979...979, 992...996, 998...998,
    ]

    /// The number of digits of the code that these digits begin with; 0 if none is assigned.
    static func length(_ first: Int, _ second: Int, _ third: Int) -> Int {
        if first == 1 || first == 7 { return 1 }
        let two = first * 10 + second
        if isAssigned(two) { return 2 }
        return isAssigned(two * 10 + third) ? 3 : 0
    }

    private static func isAssigned(_ code: Int) -> Bool {
        code > 9 && code < 1000 && assigned[code >> 6] >> UInt64(code & 63) & 1 == 1
    }

    /// How many digits a number may have with its code, where a plan says less than the fifteen of E.164. One more than the
    /// plan's allows for a trunk 0 written behind the code.
    static func lengths(_ code: Int) -> ClosedRange<Int> {
        switch code {
        case 1, 7: 11...11
        case 30, 52, 54, 55, 380, 420, 966, 971, 972: 9...14
        case 36, 57, 60, 62, 63, 66, 84, 86, 90, 92, 351, 353, 358: 9...14
        case 31, 32, 33, 34, 41, 48, 61: 9...12
        case 45, 47: 10...11
        case 44, 81, 46: 9...13
        case 91: 9...15
        case 65, 852, 853: 10...14
        case 683, 690: 7...8
        default: 8...15
        }
    }
}
