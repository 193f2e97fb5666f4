import Foundation
import Testing

/// Chromium without a window, where it is installed.
enum Browser {
  static let executable: URL? = {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["SQUEEZE_BROWSER"] { return URL(fileURLWithPath: path) }
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    for name in ["chromium", "chromium-browser", "google-chrome"] {
      for folder in folders {
        let url = URL(fileURLWithPath: folder).appendingPathComponent(name)
        if FileManager.default.isExecutableFile(atPath: url.path) { return url }
      }
    }
    return nil
  }()

  /// The page after its scripts ran, and what the browser wrote to its console.
  static func open(_ page: URL, in folder: URL) throws -> (page: String, console: [String]) {
    let (out, err) = (folder.appendingPathComponent("out"), folder.appendingPathComponent("err"))
    for file in [out, err] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = executable
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--user-data-dir=\(folder.appendingPathComponent("profile").path)",
      "--enable-logging=stderr", "--virtual-time-budget=5000", "--dump-dom", page.absoluteString,
    ]
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    process.waitUntilExit()
    let log = String(decoding: try Data(contentsOf: err), as: UTF8.self)
    return (
      String(decoding: try Data(contentsOf: out), as: UTF8.self),
      log.split(separator: "\n").filter { $0.contains(":CONSOLE") }.map(String.init)
    )
  }
}

/// Pages in a real browser.
@Suite(
  "pages in a browser",
  .enabled(if: Browser.executable != nil, "needs Chromium, or SQUEEZE_BROWSER")
)
struct BrowserTests {
  /// Presses what a reader would press, and leaves what became of it on the page.
  private static let reader = """
    <script>
    addEventListener("load", () => setTimeout(() => {
      const all = selector => [...document.querySelectorAll(selector)];
      const table = document.querySelector("table.layers");
      const numbers = key => [...table.tBodies].map(body => Number(body.dataset[key]));
      const falls = list => list.every((value, i) => i === 0 || list[i - 1] >= value);
      const said = {};
      said.loadMs = performance.getEntriesByType("navigation")[0].loadEventEnd;
      said.layers = table.tBodies.length;
      said.fallsBefore = falls(numbers("p"));
      table.querySelector("th button[data-key=p]").click();
      said.fallsAfter = falls(numbers("p"));
      said.largest = numbers("p")[0];
      table.querySelector("th button[data-key=p]").click();
      said.risesAfter = falls(numbers("p").reverse());
      document.getElementById("order").click();
      said.inOrder = falls(numbers("i").reverse());
      const search = document.getElementById("search");
      search.value = "conv1";
      search.dispatchEvent(new Event("input"));
      said.found = [...table.tBodies].filter(body => !body.hidden).length;
      search.value = "";
      search.dispatchEvent(new Event("input"));
      said.closed = [...table.tBodies].every(body => body.rows[1].hidden);
      document.getElementById("open").click();
      said.open = [...table.tBodies].every(body => !body.rows[1].hidden);
      said.wide = document.documentElement.scrollWidth <= innerWidth;
      document.body.insertAdjacentHTML("beforeend", `<pre id="said">${JSON.stringify(said)}</pre>`);
    }));
    </script>
    """

  @Test("DenseNet-121's page is small, opens fast, sorts, searches and logs no error")
  func denseNet() throws {
    let folder = try SqueezeProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let model = folder.appendingPathComponent("densenet.sqz").path
    let file = folder.appendingPathComponent("page.html")
    try #require(try SqueezeProcess.run("new", "densenet-121", "-o", model).exitCode == 0)
    try #require(try SqueezeProcess.run("inspect", model, "--html", file.path).exitCode == 0)
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.utf8.count < 3_000_000)
    try text.replacing("</body>", with: Self.reader + "</body>")
      .write(to: file, atomically: true, encoding: .utf8)
    let (page, console) = try Browser.open(file, in: folder)
    #expect(console == [])
    let start = try #require(
      page.range(of: "<pre id=\"said\">", options: .backwards)?.upperBound
    )
    let end = try #require(page.range(of: "</pre>", range: start..<page.endIndex)?.lowerBound)
    let object = try JSONSerialization.jsonObject(with: Data(page[start..<end].utf8))
    let said = try #require(object as? [String: Any])
    #expect(said["layers"] as? Int ?? 0 > 400)
    #expect(said["fallsBefore"] as? Bool == false)
    for fact in ["fallsAfter", "risesAfter", "inOrder", "closed", "open", "wide"] {
      #expect(said[fact] as? Bool == true, "\(fact)")
    }
    // The last layer, 1,024 × 1,000 weights and 1,000 biases.
    #expect(said["largest"] as? Int == 1_025_000)
    let found = said["found"] as? Int ?? 0
    #expect(found > 0 && found < 400)
    #expect(said["loadMs"] as? Double ?? .infinity < 2_000)
  }
}
