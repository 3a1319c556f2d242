namespace ConvNN.Data.Images;

/// <summary>What the samples of a PNG file stand for.</summary>
internal enum PngColorType
{
    /// <summary>A grey value.</summary>
    Grey = 0,

    /// <summary>Red, green, blue.</summary>
    Rgb = 2,

    /// <summary>A colour's number in a table.</summary>
    Palette = 3,

    /// <summary>A grey value and its opacity.</summary>
    GreyAlpha = 4,

    /// <summary>Red, green, blue and their opacity.</summary>
    Rgba = 6,
}
