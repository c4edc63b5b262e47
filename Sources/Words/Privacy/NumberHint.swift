/// What the words around a number say about it.
enum NumberHint: UInt8 {
    case none
    /// `call`, `Tel.`, `☎`.
    case phone
    /// `order`, `invoice`, `ISBN`: something with a number that nobody calls.
    case thing
    /// `user id`, `tweet`: somebody's or some post's number.
    case id
    /// A currency's sign or name.
    case money
    /// `card`, `Visa`.
    case card

    /// Judges by the nearest telling word among the last ones before `start`, at most 48 bytes back in the same line, or in
    /// the line above if that ends with a colon. `number` tells only if no other word does: it may be anybody's.
    /// Without trust it does so only if it is somebody's: `my number`.
    init(_ text: UnsafeBufferPointer<UInt8>, before start: Int, among most: Int = 6, trusting: Bool = true) {
        self = .none
        var isSomebodys = false
        let floor = max(0, start - 48)
        var index = start
        var words = 0
        while index > floor, words < most {
            let end = index
            while index > floor, Self.isLetter(text[index - 1]) { index -= 1 }
            if index < end {
                words += 1
                // A marker of ours says nothing, or sanitizing again would find more.
                if index > 0, text[index - 1] == 0x5B { continue }
                let word = UnsafeBufferPointer(rebasing: text[index..<end])
                if isSomebodys, Self.owners(word) != 0 {
                    self = .phone
                    return
                }
                isSomebodys = false
                switch Self.words(word) {
                case 0:
                    if let tail = Self.tail(word) {
                        self = tail
                        return
                    }
                case Self.softPhone:
                    if trusting, self == .none { self = .phone }
                    isSomebodys = !trusting && self == .none
                case Self.softThing: if self == .none { self = .thing }
                case let telling:
                    self = NumberHint(rawValue: telling) ?? .none
                    return
                }
                continue
            }
            switch text[index - 1] {
            case 0x0A where words > 0 || index < 2 || text[index - 2] != 0x3A: return
            case 0x24:
                if end == start {
                    self = .money
                    return
                }
            // Of something, unless the word before knows better: `card #`, `phone #`.
            case 0x23 where index > start - 3:
                self = .thing
                words = max(words, most - 1)
            // A masked id, which what was said before was said of.
            case 0x2A where index > 2 && text[index - 2] == 0x2A && text[index - 3] == 0x2A: return
            // Another number: what was said before was said of it.
            case 0x30...0x39: words += 2
            default: break
            }
            index -= 1
        }
    }

    /// Words that say whose a number is.
    private static let owners = WordTable([
        (
            1,
            "my your his her our their mine meine deine ihre unsere mi tu su mon ma votre ton mijn mio meu minha moj"
        )
    ])

    private static let softPhone: UInt8 = 8
    private static let softThing: UInt8 = 9

    // MARK: Behind the number

    /// `555 0123 office`, `555 0123 (mobile)`, `555 0123-Fax`: whether what follows says that it is somebody's telephone.
    static func followsPhone(_ text: UnsafeBufferPointer<UInt8>, at end: Int) -> Bool {
        var index = end
        while index < text.count, index - end < 2, text[index] == 0x20 || text[index] == 0x28 || text[index] == 0x2D {
            index += 1
        }
        guard index > end else { return false }
        let word = Self.word(text, at: index)
        guard lines(UnsafeBufferPointer(rebasing: text[word])) != 0 else { return false }
        // `62704 Phone: 217-555-0100`: the next number's label.
        guard word.upperBound + 1 < text.count else { return true }
        let (next, second) = (text[word.upperBound], text[word.upperBound + 1])
        return next != 0x3A && !(next == 0x20 && (second.isDigit || second == 0x2B || second == 0x28))
    }

    /// Whether the word behind a number and a space says what is counted: a unit, or a noun in the plural.
    static func isUnit(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        let word = UnsafeBufferPointer(rebasing: text[Self.word(text, at: start)])
        if units(word) != 0 { return true }
        guard word.count > 4, word[word.count - 1] == 0x73, word[word.count - 2] != 0x73 else { return false }
        return word.allSatisfy(\.isLower) && plurals(word) == 0
    }

    /// Whether a sentence goes on behind a number as it does behind a name, rather than with what is counted.
    static func isPlainWord(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        plainWords(UnsafeBufferPointer(rebasing: text[Self.word(text, at: start)])) != 0
    }

    private static func word(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int> {
        var end = start
        while end < text.count, end - start < 24, isLetter(text[end]) { end += 1 }
        return start..<end
    }

    /// What a telephone stands in.
    private static let lines = WordTable([
        (1, "office fax mobile cell home work tel phone direct landline whatsapp handy desk switchboard reception ext")
    ])

    /// Words on `s` that count nothing.
    private static let plurals = WordTable([
        (1, "thanks always perhaps besides sometimes afterwards towards works calls means texts whatsapp answers rings")
    ])

    private static let plainWords = WordTable([
        (
            1,
            """
            please today tomorrow now then thanks thx asap if or and is was when while after before until for at on in to from \
            anytime again instead tonight directly immediately right with by as but so because will would can could ok okay bitte \
            por s'il heute ab jetzt hoy ahora here there this that
            """
        )
    ])

    static let units = WordTable([
        (
            1,
            "people persons users followers views likes subscribers plays downloads dollars euros pounds usd eur gbp yen jpy inr zł kč"
        ),
        (
            1,
            "km m meters metres miles feet ft kg g grams lbs tons tonnes bytes byte kb mb gb tb bits ms us ns sec seconds s"
        ),
        (
            1,
            "minutes hours days weeks years tokens items rows records points pts votes times million billion trillion percent"
        ),
        (
            1,
            "units pieces pcs copies visitors hits steps calories kcal watts volts hz mhz ghz rpm residents inhabitants € £ ¥ ₹"
        ),
        (
            1,
            "einwohner euro dollar habitants habitantes personas personnes yuan won rupees rubles pesos reais crore lakh bucks quid"
        ),
    ])

    /// Scalars beyond ASCII count as letters, so that words of every script and `☎` are words.
    private static func isLetter(_ byte: UInt8) -> Bool { byte.isLetter || byte >= 0x80 }

    /// Words glued to a script without spaces: their last sign decides.
    private static func tail(_ word: UnsafeBufferPointer<UInt8>) -> NumberHint? {
        guard word.count >= 3, word[word.count - 1] >= 0x80 else { return nil }
        var end = word.count
        while end >= 3, particles(UnsafeBufferPointer(rebasing: word[(end - 3)..<end])) != 0 { end -= 3 }
        for length in [3, 4, 6, 9] where end > length || end < word.count && end == length {
            let ending = UnsafeBufferPointer(rebasing: word[(end - length)..<end])
            if ending[0] >= 0xC0, let hint = NumberHint(rawValue: words(ending)), hint != .none { return hint }
        }
        return nil
    }

    /// What may stand between such a word and its number: `电话号码是`, `電話番号は`.
    private static let particles = WordTable([(1, "是 为 為 号 號 码 碼 番 は が の")])

    private static let words = WordTable([
        (
            NumberHint.phone.rawValue,
            """
            tel tele telephone phone phones phoned ph mobile mob cell cellphone cellular fax facsimile whatsapp sms text texting txt \
            call calls calling called dial dialing ring hotline helpline landline handy handynummer telefon telefono teléfono \
            telefone téléphone telefoon telefonnummer mobil mobiltelefon móvil movil celular portable cellulare rufnummer anrufen \
            ruf llama llame llamar appelez appeler chiama chiamare ligue ligar bel numéro tfno tlf tlfn tél gsm viber signal \
            voicemail imessage facetime pager contact contacts reach answering answer answered registered phonenumber phoneno mobilenumber \
            mobileno telnumber telno contactno callback ring rang hit телефон Телефон тел Тел моб Моб звоните Звоните факс τηλ Τηλ τηλέφωνο \
            هاتف جوال موبايل طلפון טלפון נייד फोन मोबाइल โทร โทรศัพท์ 电话 電話 手机 手機 携帯 전화 핸드폰 연락처 điện thoại telp hp \
            ☎ ☎️ 📞 📱 ✆ ☏ extension ext telefonu puhelin puh telefonszám tlf
            """
        ),
        (
            NumberHint.thing.rawValue,
            """
            order orders ordered lccn oclc invoice invoices ticket case ref reference refs isbn issn ean upc gtin asin sku tracking track parcel \
            shipment serial sn part pn model item product batch lot build version ver rev revision release doi pmid pubmed arxiv \
            imei imsi vin po rfc cve zip postcode postal plz pin apt apartment suite unit box code codes otp room flight gate score scores chapter page pages section \
            figure fig table line lines row rows port pid process thread duration elapsed took timestamp ts epoch time unix offset \
            size length bytes checksum crc hash commit sha seed random lottery lotto powerball episode season level \
            bestellung bestellnummer rechnung rechnungsnummer aktenzeichen auftrag commande facture pedido factura patent \
            confirmation booking reservation receipt transaction txn claim policy warranty coupon voucher gift barcode population rank ranked ranking pages mile miles year years since \
            coordinates lat lon lng latitude longitude gps priced worth paid pay cost costs total balance amount sum salary revenue \
            article catalog cat bug issue pr build job run attempt counter count session connection request record node \
            block worker task step iteration object key index capacity memory heap bit bits lsn \
            sequence seq partition chunk frame packet channel slot shard bucket queue error errno status exit
            """
        ),
        (
            NumberHint.id.rawValue,
            """
            id ids uid userid user account acct profile tweet tweets retweet member customer handle author snowflake \
            post twitter ssn social license licence passport nif cpf cnpj pesel bsn
            """
        ),
        (
            NumberHint.card.rawValue,
            "card cards cc visa mastercard maestro amex debit credit karte kreditkarte carte tarjeta cartão carta"
        ),
        (softPhone, "number nummer numero número numéro номер no nr"),
        (softThing, "num №"),
        (
            NumberHint.money.rawValue,
            """
            usd eur gbp jpy chf inr aud cad cny rmb nzd sek nok dkk pln czk huf ron bgn rub uah brl mxn ars clp cop zar ngn kes \
            egp aed sar ils thb idr myr php vnd krw hkd sgd twd pkr btc eth dollars euros € £ ¥ ₹ ₽ ₩ ₺ rs price prices kr zł
            """
        ),
    ])
}
