package import OvalEdge

/// The account in whose name a change is made.
package protocol WritingAccount: Sendable {
    /// Distinguishes accounts; throws ``OvalEdgeError`` where it has no credentials.
    var digest: @Sendable () throws -> String { get }
    /// How errors are reported to those who use it.
    var remedies: RemedyTexts { get }
    /// Its clients that have answered a form.
    var formClients: FormClients { get }
}
