/// Those who are listed the same: a list is made once for each audience, until it changes.
///
/// All callers of a server are one, unless a registry says that what there is depends on who asks.
package struct Audience: Hashable, Sendable {
    package let name: String

    package init(_ name: String) { self.name = name }

    package static let everyone = Audience("")
}

/// What can be listed in the context of a request.
package protocol AudienceRegistry: Sendable {
    /// To whom this caller belongs; known without asking anyone.
    func audience(in context: RequestContext) -> Audience
}

extension AudienceRegistry {
    package func audience(in context: RequestContext) -> Audience { .everyone }
}
