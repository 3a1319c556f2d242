using System.Text.RegularExpressions;

namespace ConvNN.App.Tests.Architecture;

/// <summary>A page of the documentation: its links, headings and the commands that it shows.</summary>
/// <param name="path">Its file, from the root of the repository.</param>
internal sealed partial class MarkdownPage(string path)
{
    private readonly string[] _lines = File.ReadAllLines(Path.Combine(Repository.Root, path));

    /// <summary>All pages: the front page, those of <c>docs</c>, and those of the folders of the source.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "README.md",
        .. Below("docs", "*.md"),
        .. Below("src", "*.md"),
        .. Below("samples", "*.md"),
    ];

    /// <summary>Its lines.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The blocks of code, each with its language and its lines.</summary>
    public IEnumerable<(string Language, IReadOnlyList<string> Lines)> Blocks()
    {
        List<string>? block = null;
        string language = "";
        foreach (string line in _lines)
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                block?.Add(line);
            }
            else if (block is null)
            {
                (block, language) = ([], line[3..].Trim());
            }
            else
            {
                yield return (language, block);
                block = null;
            }
        }
    }

    /// <summary>The targets of its links to other pages and files of the repository, and to headings of its own.</summary>
    public IEnumerable<string> Links() => Prose()
        .SelectMany(line => Link().Matches(Code().Replace(line, "code")).Select(match => match.Groups[1].Value))
        .Where(target => !target.Contains("://", StringComparison.Ordinal));

    /// <summary>The anchors of its headings, as GitHub makes them.</summary>
    public IReadOnlySet<string> Anchors() => Prose()
        .Where(line => line.StartsWith('#'))
        .Select(line => string.Concat(line.TrimStart('#').Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-'))
        .ToHashSet();

    /// <summary>
    /// The commands that it shows, as a shell takes them: the lines of blocks, or those with a prompt where a block has prompts, and
    /// the code in the text.
    /// </summary>
    public IEnumerable<string> Commands()
    {
        IEnumerable<string> typed = Blocks().SelectMany(block => block.Lines.Any(line => line.StartsWith("$ ", StringComparison.Ordinal))
            ? block.Lines.Where(line => line.StartsWith("$ ", StringComparison.Ordinal)).Select(line => line[2..])
            : block.Lines);
        IEnumerable<string> told = Prose().SelectMany(line => Code().Matches(line).Select(match => match.Value.Trim('`')));
        return typed.Concat(told.Where(code => code.Contains(' ', StringComparison.Ordinal))).Where(line => Program().IsMatch(line)).Select(line => Comment().Replace(line, ""));
    }

    private static IEnumerable<string> Below(string folder, string pattern) => Directory
        .GetFiles(Path.Combine(Repository.Root, folder), pattern, SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Repository.Root, file))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
        .Order(StringComparer.Ordinal);

    /// <summary>The lines outside the blocks of code.</summary>
    private IEnumerable<string> Prose()
    {
        bool isCode = false;
        foreach (string line in _lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isCode = !isCode;
            }
            else if (!isCode)
            {
                yield return line;
            }
        }
    }

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex Code();

    // What pages tell people to type begins with one of these.
    [GeneratedRegex(@"^(?:bash|cd|convnn|curl|docker|dotnet[\w-]*|git|grep|npm|npx|python3?|\.ci/\S+|samples/\S+\.sh)(?: |$)")]
    private static partial Regex Program();

    [GeneratedRegex(@"\s+#.*$")]
    private static partial Regex Comment();
}
