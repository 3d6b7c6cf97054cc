import Crypto
import Text

/// How the pages look: the colours and the type of the product's views.
enum SignInStyle {
    /// For a content security policy, which lets this style in and no other (CSP Level 3, §2.3.1).
    static let digest: String? = (try? Crypto.digest(Array(css.utf8))).map { "sha256-" + Base64.encoded($0) }

    static let css = """

        :root {
          color-scheme: light dark;
          --ground: #f4f7f8; --card: #ffffff; --ink: #17222a; --soft: #51606b; --line: #dbe2e6; --edge: #6b7a85;
          --accent: #0f5a6d; --on-accent: #ffffff; --accent-ground: #e2f1f5;
          --warn: #874700; --warn-ground: #fdefd9; --bad: #a01f2b; --bad-ground: #fde9ea;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #14181d; --card: #1d2329; --ink: #e7edf1; --soft: #a5b2bc; --line: #333c45; --edge: #8695a1;
            --accent: #6cc7dd; --on-accent: #10242b; --accent-ground: #173039;
            --warn: #f3b463; --warn-ground: #35260f; --bad: #ff9d9d; --bad-ground: #3b181b;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0; padding: 1.5rem 1rem 3rem; background: var(--ground); color: var(--ink);
          font: 16px/1.5 Inter, system-ui, "Segoe UI", Roboto, sans-serif;
        }
        main {
          max-width: 34rem; margin: 0 auto; padding: 1.5rem; background: var(--card);
          border: 1px solid var(--line); border-radius: 12px; overflow-wrap: anywhere;
        }
        h1 { margin: 0 0 .5rem; font-size: 1.35rem; line-height: 1.3; }
        h2 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
        p { margin: .5rem 0; }
        .soft { color: var(--soft); font-size: .9rem; }
        .note { margin: 1rem 0; padding: .75rem 1rem; border-radius: 8px; border-left: 4px solid; }
        .warn { background: var(--warn-ground); color: var(--warn); }
        .bad { background: var(--bad-ground); color: var(--bad); }
        dl { display: grid; grid-template-columns: auto 1fr; gap: .4rem 1rem; margin: 1rem 0; }
        dt { color: var(--soft); }
        dd { margin: 0; }
        fieldset { margin: 1.25rem 0 0; padding: 0; border: 0; }
        legend { padding: 0; font-weight: 600; }
        .choice { display: flex; gap: .6rem; align-items: flex-start; margin: .6rem 0; }
        .choice input { flex: none; width: 1.5rem; height: 1.5rem; margin: 0; accent-color: var(--accent); }
        ul { margin: .5rem 0; padding-left: 1.25rem; }
        .field { display: block; margin: 1.1rem 0 .3rem; font-weight: 600; }
        .entry {
          width: 100%; padding: .65rem .75rem; border: 1px solid var(--edge); border-radius: 8px; background: var(--ground);
          color: inherit; font: inherit;
        }
        .buttons { display: flex; flex-wrap: wrap; gap: .75rem; justify-content: flex-end; margin: 1.5rem 0 .5rem; }
        button, .button {
          display: inline-block; min-height: 2.75rem; padding: .55rem 1.25rem; border: 1px solid var(--edge); border-radius: 8px;
          background: transparent; color: inherit; font: inherit; font-weight: 600; cursor: pointer; text-decoration: none;
        }
        .main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
        a { color: var(--accent); }
        a.main { color: var(--on-accent); }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        code { font: .9em/1.5 ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; }
        table { width: 100%; margin: 1rem 0; border-collapse: collapse; }
        td:not(:first-child) { white-space: nowrap; }
        th, td { padding: .6rem .5rem .6rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
        th { font-weight: 600; }
        @media (max-width: 30rem) {
          main { padding: 1.1rem; }
          dl { grid-template-columns: 1fr; gap: .1rem; }
          dd { margin-bottom: .6rem; }
          .buttons { flex-direction: column; }
          .button { text-align: center; }
        }
        @media (forced-colors: active) { .note { border: 1px solid; } }

        """
}
