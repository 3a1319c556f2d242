using ConvNN.Files;

namespace ConvNN.Data.Idx;

/// <summary>The decoded content of an IDX file: unsigned bytes in row-major order. Immutable.</summary>
public sealed class IdxArray
{
    private readonly byte[] _data;
    private readonly Lazy<string> _sha256;

    /// <summary>Wraps <paramref name="data"/>, which is not copied and must no longer change.</summary>
    /// <param name="source">Where the array comes from, for messages.</param>
    /// <param name="data">The values.</param>
    /// <param name="dimensions">The dimensions, outermost first.</param>
    /// <exception cref="ArgumentException">
    /// There are no dimensions, one is below 1, or their product is not the number of values.
    /// </exception>
    public IdxArray(string source, byte[] data, IReadOnlyList<int> dimensions)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(dimensions);

        if (dimensions.Count is 0 or > byte.MaxValue || dimensions.Any(size => size < 1) || dimensions.Aggregate(1.0, (product, size) => product * size) != data.Length)
        {
            throw new ArgumentException($"{source}: {string.Join('×', dimensions)} values expected, found {data.Length}.", nameof(data));
        }

        Source = source;
        Dimensions = [.. dimensions];
        _data = data;
        _sha256 = new Lazy<string>(ComputeSha256);
    }

    /// <summary>Where the array comes from, for messages: the path of its file.</summary>
    public string Source { get; }

    /// <summary>The dimensions, outermost first.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>The values; the last dimension varies fastest.</summary>
    public ReadOnlySpan<byte> Data => _data;

    /// <summary>SHA-256 of the decoded file, header included, in lower-case hexadecimal; computed on first use.</summary>
    public string Sha256 => _sha256.Value;

    /// <summary>The array with its last two dimensions exchanged: images that are stored by column, by row.</summary>
    /// <exception cref="InvalidOperationException">It has fewer than two dimensions.</exception>
    public IdxArray Transposed()
    {
        if (Dimensions is not [.., int columns, int rows])
        {
            throw new InvalidOperationException($"{Source}: has {Dimensions.Count} dimensions, expected at least 2.");
        }

        byte[] data = new byte[_data.Length];
        for (int image = 0; image < data.Length; image += columns * rows)
        {
            for (int i = 0; i < columns * rows; i++)
            {
                data[image + i] = _data[image + (i % columns * rows) + (i / columns)];
            }
        }

        return new IdxArray(Source, data, [.. Dimensions.SkipLast(2), rows, columns]);
    }

    private string ComputeSha256()
    {
        Sha256Hash hash = new();
        hash.Append(IdxHeader.Encode(Dimensions));
        hash.Append(_data);
        return hash.Hex();
    }
}
