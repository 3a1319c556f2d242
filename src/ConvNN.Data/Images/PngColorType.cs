namespace ConvNN.Data.Images;

/// <summary>What the samples of a PNG file mean.</summary>
internal enum PngColorType
{
    /// <summary>A grey value.</summary>
    Grey = 0,

    /// <summary>Red, green, blue.</summary>
    Rgb = 2,

    /// <summary>The index of a colour in a palette.</summary>
    Palette = 3,

    /// <summary>Grey and alpha.</summary>
    GreyAlpha = 4,

    /// <summary>Red, green, blue and alpha.</summary>
    Rgba = 6,
}
