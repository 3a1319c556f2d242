namespace ConvNN.App.Output;

/// <summary>A column of a <see cref="TextTable"/>.</summary>
/// <param name="Title">Its title.</param>
internal record TextColumn(string Title)
{
    /// <summary>Whether it holds words, which stand at its left; numbers stand at its right.</summary>
    public bool IsWord { get; init; }

    /// <summary>A column of words.</summary>
    public static TextColumn Word(string title, int width = 0) => new(title) { IsWord = true, Width = width };

    /// <summary>How wide it is at least, so that rows which come one at a time stand below each other.</summary>
    public int Width { get; init; }

    /// <summary>Spaces between it and what stands left of it.</summary>
    public int Gap { get; init; } = 2;

    /// <summary>When it is left out for lack of room: the highest goes first; what has 0 stays.</summary>
    public int Goes { get; init; }
}
