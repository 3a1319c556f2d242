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
    /// The commands of the program that it shows, without the program: the lines of blocks that begin with it, or with
    /// a prompt where a block has prompts, and the code in the text.
    /// </summary>
    public IEnumerable<string> Commands()
    {
        IEnumerable<string> typed = Blocks().SelectMany(block => block.Lines.Any(line => line.StartsWith("$ ", StringComparison.Ordinal))
            ? block.Lines.Where(line => line.StartsWith("$ ", StringComparison.Ordinal)).Select(line => line[2..])
            : block.Lines);
        IEnumerable<string> told = Prose().SelectMany(line => Code().Matches(line).Select(match => match.Value.Trim('`')));
        return typed.Concat(told)
            .Select(line => Program().Match(line))
            .Where(match => match.Success)
            .Select(match => Rest().Replace(match.Groups[1].Value, "").Trim());
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

    // A line of the log begins with the program's name, too, and goes on with two spaces and its version.
    [GeneratedRegex(@"^(?:dotnet run --|convnn)(?= \S|$)(.*)$")]
    private static partial Regex Program();

    // What the shell takes: a comment, a file to write to, another command.
    [GeneratedRegex(@"(?:^|\s+)(?:#|>|\|).*$")]
    private static partial Regex Rest();
}
