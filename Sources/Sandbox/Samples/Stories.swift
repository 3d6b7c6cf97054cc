extension SampleText {
    /// Data stories in their zones, as the editor saves them.
    static let stories = """
        storyzone 361 - Legal
          owner lena
        storyzone 362 - Analytics
          owner mira
        oestory 365 361 Retention policy
          about How long data is kept, and who deletes it.
          roles OE_PUBLIC
          popularity 34
          createdDate 2024-03-15
          story <h2>Scope</h2><p>All data about customers, in every system of the shop.</p>
          story <h2>Periods</h2><ul><li>Orders and invoices: ten years.</li><li>Customer accounts: three years after
          story the last order.</li><li>Newsletter addresses: until they unsubscribe.</li></ul>
          story <h2>Deletion</h2><p>The nightly purge deletes. The steward of <b>customers</b> checks it each month.</p>
        oestory 366 362 How we count revenue
          about The path from an order to the Monday report.
          roles OE_ANALYST, OE_PUBLIC
          popularity 58
          createdDate 2024-04-02
          story <h1>How we count revenue</h1><p>Net revenue is what customers paid, without tax, shipping and refunds.</p>
          story <table><tr><th>Step</th><th>Table</th></tr><tr><td>Clean</td><td>orders</td></tr>
          story <tr><td>Add up</td><td>revenue_daily</td></tr></table>
          story <p>Refunds count on the day they are agreed &amp; not the day they are paid.</p>
        oestory 367 362 Starting with the catalog
          about A first hour for new colleagues.
          roles OE_PUBLIC
          popularity 41
          createdDate 2024-06-30
          story <h2>Look around</h2><p>Search for <i>orders</i>, open it, and look at its lineage.</p>
          story <h2>Ask</h2><p>The owner decides; the steward knows; the custodian keeps it running.</p>
          story <script>alert("a catalog's HTML is not always kind")</script>
        oestory 368 361 Personal data in reports
          about What a report may show about a customer.
          roles OE_LEGAL
          popularity 19
          createdDate 2025-01-20
          story Reports show groups of at least ten customers. Emails never leave the warehouse in plain text.
        """

    /// Pieces of a manual, for searches in the product's documentation.
    static let docs = """
        doc https://docs.example/search Search: type words of a name or a description; filters narrow the list by owner or tag.
        doc https://docs.example/lineage Lineage: shows what a table is made from, and what is made from it, level by level.
        doc https://docs.example/quality Data quality rules: open a table, choose Quality, and add a rule with its limits.
        doc https://docs.example/terms Business glossary: create a term in a domain, describe it, and publish it when it is agreed.
        doc https://docs.example/tags Tags: a tag may stand below another; tagging a table does not tag its columns.
        doc https://docs.example/access Access: ask for a table with a service request; its owner is told at once.
        doc https://docs.example/crawling Crawling: a connection is read by schedule; changes between two crawls can be compared.
        doc https://docs.example/cde Critical data elements: mark a column as critical, with a category and a reason.
        """
}
