import HTTPTransport

extension MailNotifier {
    /// What is wrong with these addresses; nil if a mail could be made of them. Asked when a program starts.
    public static func fault(from: String, to: [String]) -> String? {
        do throws(HTTPError) {
            try MailMessage.check(from: from, to: to)
            return nil
        } catch { return error.reason }
    }
}
