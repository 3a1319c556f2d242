namespace ConvNN.Model.Options;

/// <summary>Finds the name that was probably meant.</summary>
public static class NearestName
{
    /// <summary>The end of a sentence about an unknown name: the nearest known name, and all known names.</summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="known">The known names.</param>
    public static string Hint(string name, IEnumerable<string> known)
    {
        string[] names = [.. known];
        string list = names.Length > 0 ? $"known here: {string.Join(", ", names)}." : "none is known here.";
        return Find(name, names) is { } nearest ? $"did you mean {nearest}? ({list[..^1]})." : list;
    }

    /// <summary>
    /// The known name with the fewest edits; null if none is close, that is if more than a third of its letters would change.
    /// </summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="known">The known names.</param>
    public static string? Find(string name, IEnumerable<string> known)
    {
        (string Name, int Edits)? best = null;
        foreach (string candidate in known)
        {
            // A name more than twice as long cannot be close, and may be very long.
            int edits = name.Length > 2 * candidate.Length ? int.MaxValue : Edits(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (edits <= Math.Max(1, candidate.Length / 3) && edits < (best?.Edits ?? int.MaxValue))
            {
                best = (candidate, edits);
            }
        }

        return best?.Name;
    }

    /// <summary>The optimal string alignment distance: insertions, deletions, substitutions and swaps of adjacent letters.</summary>
    private static int Edits(string from, string to)
    {
        int[] before = new int[to.Length + 1];
        int[] last = new int[to.Length + 1];
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            (before, last, row) = (last, row, before);
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, 1 + Math.Min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }
        }

        return row[to.Length];
    }
}
