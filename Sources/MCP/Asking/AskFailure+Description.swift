package import JSONRPC

extension AskFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let error):
            "The client refused what it was asked: \(error.message.prefix(300)) Call again, or without what needs it."
        case .timedOut: "Timed out waiting for an answer from the client. Call again when a person is there to answer."
        case .notReady:
            "The client cannot be asked before it sends `notifications/initialized`. Call again once it has."
        case .tooMany(let open):
            "The client has not answered \(open) earlier questions. Answer those, then call again."
        case .gone: "The client disconnected before it answered. Connect and call again."
        case .unfit(let problem): "\(problem) Call again and answer as the form asks."
        }
    }
}
