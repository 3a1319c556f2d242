namespace ConvNN.App.Output;

/// <summary>A column of a <see cref="TextTable"/>.</summary>
/// <param name="Title">Its title.</param>
internal record TextColumn(string Title)
{
    /// <summary>Whether it holds words, which are left-aligned; numbers are right-aligned.</summary>
    public bool IsWord { get; init; }

    /// <summary>A column of words.</summary>
    public static TextColumn Word(string title, int width = 0) => new(title) { IsWord = true, Width = width };

    /// <summary>Its minimum width, so that rows written one at a time line up.</summary>
    public int Width { get; init; }

    /// <summary>The number of spaces to its left.</summary>
    public int Gap { get; init; } = 2;

    /// <summary>The order in which columns are dropped for lack of room, highest first; a column with 0 always stays.</summary>
    public int Goes { get; init; }
}
