/// How a person agrees to a change through a client (`OVALEDGE_CONFIRM_BY`).
package enum ConfirmBy: Sendable {
    /// In a form where the client shows forms; by the token of the preview where it cannot be asked.
    case auto
    /// Never by a token: a client without forms changes nothing.
    case form
    /// Never in a form, for clients whose forms do not work.
    case token
}
