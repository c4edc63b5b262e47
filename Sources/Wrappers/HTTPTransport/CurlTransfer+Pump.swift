extension CurlTransfer {
    /// Draws the caller's body stream into the upload pipe, at the pipe's pace. A task of its own, since a streamed answer may
    /// begin, and be returned, before the request's body is through. It ends with the transfer, which closes the pipe.
    func pumpBody() {
        guard let upload, case .stream(_, let open) = plan.body else { return }
        let pump = Task {
            do {
                for try await bytes in open() {
                    guard await upload.push(bytes) else { return }
                }
                upload.end(Task.isCancelled ? CancellationError() : nil)
            } catch {
                upload.end(error)
            }
        }
        upload.whenClosed { pump.cancel() }
    }
}
