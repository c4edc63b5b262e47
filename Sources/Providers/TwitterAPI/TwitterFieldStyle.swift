/// X is renaming tweets to posts; which word a question may use is configuration, and answers are read in both.
public enum TwitterFieldStyle: String, CaseIterable, Sendable {
    case tweet
    case post
}
