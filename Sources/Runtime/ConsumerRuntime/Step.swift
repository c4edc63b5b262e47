/// The labelled steps of a message's life (`MessageProcessor`), in order. Crash drills end the process at one of them.
public enum Step: String, CaseIterable, Sendable {
    case received, decoded, recognised, admitted, worked, committed, announced, settled
}

/// Hears of each step as it is reached; costs nothing when there is none.
public typealias StepObserver = @Sendable (Step) -> Void
