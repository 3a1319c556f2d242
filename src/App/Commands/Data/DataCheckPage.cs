using ConvNN.App.Output;
using ConvNN.App.Reports;
using ConvNN.Data.Images;
using ConvNN.Pictures;
using ConvNN.Pictures.Formats;

namespace ConvNN.App.Commands.Data;

/// <summary>A page with pictures of each class, and with those that are wrong: a contact sheet.</summary>
/// <param name="check">What was found.</param>
internal sealed class DataCheckPage(PictureCheck check)
{
    // So that a page of many classes still opens at once.
    private const int MostOfClass = 24;
    private const int MostGroups = 60;

    private const int Side = 96;

    /// <summary>The page.</summary>
    public string Html() => HtmlPage.Of($"{Path.GetFileName(check.Directory)} – pictures", [.. Head(), .. Faults(), .. Duplicates(), .. Classes()]);

    /// <summary>The sizes of the pictures and how many are in colour, in one line.</summary>
    public static string Sizes(PictureCheck check)
    {
        CheckedPicture[] bySize = [.. check.Pictures.Where(picture => picture.Fault is null).OrderBy(picture => (long)picture.Width * picture.Height)];
        if (bySize.Length == 0)
        {
            return "none can be read";
        }

        static string Size(CheckedPicture picture) => $"{picture.Width}×{picture.Height}";
        string sizes = bySize.All(picture => Size(picture) == Size(bySize[0])) ? $"all {Size(bySize[0])}" : $"{Size(bySize[0])} to {Size(bySize[^1])}, half of them up to {Size(bySize[bySize.Length / 2])}";
        int colored = bySize.Count(picture => picture.Channels > 1);
        return $"{sizes}; {colored:N0} in colour, {bySize.Length - colored:N0} grey";
    }

    private IEnumerable<string> Head()
    {
        yield return $"<h1>{HtmlPage.Escape(Path.GetFileName(check.Directory))}</h1>";
        yield return $"<p class=\"faint\">{Figures.Plural(check.Pictures.Count, "picture")}, {check.Classes.Count} classes; {Sizes(check)}</p>";
        yield return $"<div class=\"scroll\"><table><tr><th></th>{string.Concat(PictureCheck.Parts.Select(part => $"<th>{part}</th>"))}</tr>";
        foreach (string name in check.Classes)
        {
            yield return $"<tr><th>{HtmlPage.Escape(name)}</th>{string.Concat(PictureCheck.Parts.Select(part => $"<td>{check.Pictures.Count(picture => picture.Class == name && picture.Part == part):N0}</td>"))}</tr>";
        }

        yield return "</table></div>";
        if (check.LeftOut is { } others)
        {
            yield return $"<p class=\"faint\">{HtmlPage.Escape(others)}</p>";
        }
    }

    private IEnumerable<string> Faults()
    {
        if (check.NotTrained.ToArray() is { Length: > 0 } missing)
        {
            yield return $"<h2>No pictures for training</h2><p>{HtmlPage.Escape(string.Join(", ", missing))}</p>";
        }

        if (check.Unreadable.ToArray() is { Length: > 0 } unreadable)
        {
            yield return $"<h2>Cannot be read</h2><ul>{string.Concat(unreadable.Select(picture => $"<li>{HtmlPage.Escape(picture.Fault!)}</li>"))}</ul>";
        }
    }

    private IEnumerable<string> Duplicates()
    {
        IReadOnlyList<CheckedPicture>[] groups = [.. check.Duplicates];
        if (groups.Length == 0)
        {
            yield break;
        }

        yield return $"<h2>The same pixels</h2><p class=\"faint\">{Figures.Plural(groups.Length, "group")}{(groups.Length > MostGroups ? $", the first {MostGroups}" : "")}; between parts, a test knows what was trained.</p><div class=\"tiles\">";
        foreach (IReadOnlyList<CheckedPicture> same in groups.Take(MostGroups))
        {
            yield return Tile(same[0], string.Join("<br>", same.Select(picture => HtmlPage.Escape(picture.Name))));
        }

        yield return "</div>";
    }

    private IEnumerable<string> Classes()
    {
        foreach (string name in check.Classes)
        {
            CheckedPicture[] all = [.. check.Pictures.Where(picture => picture.Class == name && picture.Fault is null)];
            yield return $"<h2>{HtmlPage.Escape(name)}</h2><p class=\"faint\">{Figures.Plural(all.Length, "picture")}{(all.Length > MostOfClass ? $", {MostOfClass} of them" : "")}</p><div class=\"tiles\">";

            // Spread over the class, since neighbours are often alike.
            for (int i = 0; i < Math.Min(all.Length, MostOfClass); i++)
            {
                CheckedPicture picture = all[(int)((long)i * all.Length / Math.Min(all.Length, MostOfClass))];
                yield return Tile(picture, $"{HtmlPage.Escape(Path.GetFileName(picture.Name))}<br><span class=\"faint\">{picture.Width}×{picture.Height}, {picture.Part}</span>");
            }

            yield return "</div>";
        }
    }

    private static string Tile(CheckedPicture picture, string caption) =>
        $"<div class=\"tile\">{HtmlPage.Image(Preparations.Pad.Fit(PictureFile.Read(picture.Path), Side, Side), picture.Name)}{caption}</div>";
}
