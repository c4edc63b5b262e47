import Dispatch

/// The executor of an actor whose methods make calls that block (files, compression): they run one after the other on a
/// thread of Dispatch's, so that neither the event loop nor Swift's cooperative pool stands still meanwhile.
///
/// Costs nothing while there is no work; a call into the actor costs about 10 µs, so hand over pieces, not bytes.
public final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    public init(label: String) { queue = DispatchQueue(label: label) }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
