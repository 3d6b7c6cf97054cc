package import JSON

extension ToolListing {
    /// As a client of this revision gets it, for measuring and for showing.
    package func json(in revision: Revision) -> JSON {
        let nobody = ServerInfo(name: "", version: "", instructions: "")
        return Projection(revision: revision, info: nobody, showsViews: false).tool(self)
    }
}
