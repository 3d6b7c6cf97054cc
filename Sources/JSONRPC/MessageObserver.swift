/// Sees all that a conversation says as it comes and goes, which must not make its caller wait.
package protocol MessageObserver: Sendable {
    /// Before it is taken up.
    func sees(incoming line: LineFramer.Line)
    func sees(outgoing message: [UInt8])
    /// Nothing more comes in, and why; what is still to be said goes out after it.
    func seesEnd(_ reason: String)
}
