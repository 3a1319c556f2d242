namespace ConvNN.Model.Options;

/// <summary>Finds what somebody probably meant to write.</summary>
public static class NearestName
{
    /// <summary>The rest of a sentence about an unknown name: the nearest known one, and all of them.</summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="known">The known names.</param>
    public static string Hint(string name, IEnumerable<string> known)
    {
        string[] names = [.. known];
        string list = names.Length > 0 ? $"known here: {string.Join(", ", names)}." : "none is known here.";
        return Find(name, names) is { } nearest ? $"did you mean {nearest}? ({list[..^1]})." : list;
    }

    /// <summary>The known name with the fewest edits, or null when none is near: more than a third of its letters would change.</summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="known">The known names.</param>
    public static string? Find(string name, IEnumerable<string> known)
    {
        (string Name, int Edits)? best = null;
        foreach (string candidate in known)
        {
            int edits = Edits(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (edits <= Math.Max(1, candidate.Length / 3) && edits < (best?.Edits ?? int.MaxValue))
            {
                best = (candidate, edits);
            }
        }

        return best?.Name;
    }

    /// <summary>Levenshtein's distance: insertions, deletions and replacements from one word to the other.</summary>
    private static int Edits(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[to.Length];
    }
}
