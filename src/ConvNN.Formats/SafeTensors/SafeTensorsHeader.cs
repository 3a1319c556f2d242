using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using ConvNN.Files;

namespace ConvNN.Formats.SafeTensors;

/// <summary>
/// The header of a safetensors file: eight bytes with its length, and JSON that describes the tensors. A file that does not
/// conform to the format is rejected before any data are read.
/// </summary>
/// <remarks><see href="https://github.com/huggingface/safetensors#format">The format</see>.</remarks>
public sealed class SafeTensorsHeader
{
    /// <summary>The maximum size of a header's JSON in bytes.</summary>
    public const int MaxLength = 100_000_000;

    /// <summary>The key of the metadata, which no tensor may use as its name.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>Size in bytes of the length at the start of a file.</summary>
    internal const int PrefixLength = sizeof(ulong);

    // An object of objects of lists.
    private const int MaxDepth = 3;

    private SafeTensorsHeader(string source, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<SafeTensor> tensors, long dataStart)
    {
        Source = source;
        Metadata = metadata;
        Tensors = tensors;
        DataStart = dataStart;
    }

    /// <summary>Where it was read from, for messages.</summary>
    public string Source { get; }

    /// <summary>The file's metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<SafeTensor> Tensors { get; }

    /// <summary>Offset of the data in the file.</summary>
    public long DataStart { get; }

    /// <summary>Reads the header; the stream is then positioned at the data.</summary>
    /// <param name="stream">The file, from its start; it must know its length.</param>
    /// <param name="source">Its name in messages.</param>
    /// <exception cref="ModelFileException">It is not a valid safetensors file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SafeTensorsHeader Read(Stream stream, string source)
    {
        if (stream.Length < PrefixLength)
        {
            throw Wrong(source, $"has {stream.Length} bytes, fewer than the {PrefixLength} that every file begins with");
        }

        Span<byte> prefix = stackalloc byte[PrefixLength];
        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxLength)
        {
            throw ForeignFile.NameOf(prefix) is { } other
                ? new ModelFileException($"{source}: looks like {other}, expected safetensors; name a model such as a run's model.safetensors.")
                : Wrong(source, $"declares a header of {length:N0} bytes, expected at most {MaxLength:N0}");
        }

        if (PrefixLength + (long)length > stream.Length)
        {
            throw Wrong(source, $"declares a header of {length:N0} bytes, but only {stream.Length - PrefixLength:N0} follow");
        }

        byte[] json = new byte[(int)length];
        stream.ReadExactly(json);
        if (!Utf8.IsValid(json))
        {
            throw Wrong(source, $"has a header that is not UTF-8");
        }

        (Dictionary<string, string> metadata, List<SafeTensor> tensors) = Parse(json, source);
        long dataStart = PrefixLength + json.Length;
        return new SafeTensorsHeader(source, metadata, Arranged(tensors, stream.Length - dataStart, source), dataStart);
    }

    private static (Dictionary<string, string> Metadata, List<SafeTensor> Tensors) Parse(byte[] json, string source)
    {
        if (json is not [(byte)'{', ..])
        {
            throw Wrong(source, $"has a header that does not begin with {{");
        }

        try
        {
            using JsonDocument document = StrictJson.Parse(json, MaxDepth);
            Dictionary<string, string> metadata = [];
            List<SafeTensor> tensors = [];
            foreach (JsonProperty entry in document.RootElement.EnumerateObject())
            {
                if (entry.Name == MetadataKey)
                {
                    metadata = ReadMetadata(entry.Value, source);
                }
                else
                {
                    tensors.Add(ReadTensor(entry, source));
                }
            }

            return (metadata, tensors);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair, such as \ud800, which is not valid text.
            string reason = wrong.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');
            throw new ModelFileException($"{source}: the header is not valid safetensors JSON: {reason}; save the file again.", wrong);
        }
    }

    private static Dictionary<string, string> ReadMetadata(JsonElement element, string source)
    {
        if (element.ValueKind != JsonValueKind.Object || element.EnumerateObject().Any(entry => entry.Value.ValueKind != JsonValueKind.String))
        {
            throw Wrong(source, $"has {MetadataKey} that is not a map of strings to strings");
        }

        return element.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!, StringComparer.Ordinal);
    }

    private static SafeTensor ReadTensor(JsonProperty entry, string source)
    {
        if (entry.Value.ValueKind != JsonValueKind.Object
            || entry.Value.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal).ToArray() is not ["data_offsets", "dtype", "shape"]
            || entry.Value.GetProperty("dtype") is not { ValueKind: JsonValueKind.String } type
            || Integers(entry.Value.GetProperty("shape")) is not { } shape
            || Integers(entry.Value.GetProperty("data_offsets")) is not [long begin, long end])
        {
            throw Wrong(source, $"must describe tensor '{entry.Name}' by dtype, shape and two data_offsets, with whole numbers from 0 to 2⁶³ − 1");
        }

        return new SafeTensor(entry.Name, type.GetString()!, shape, begin, end);
    }

    /// <summary>The numbers of a list; null if it is not a list or contains anything else.</summary>
    private static long[]? Integers(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        long[] numbers = new long[element.GetArrayLength()];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (element[i].ValueKind != JsonValueKind.Number || !element[i].TryGetInt64(out numbers[i]) || element[i].GetRawText()[0] == '-')
            {
                return null;
            }
        }

        return numbers;
    }

    /// <summary>The tensors in the order of their data, which they must cover without overlaps or gaps.</summary>
    private static List<SafeTensor> Arranged(List<SafeTensor> tensors, long dataLength, string source)
    {
        List<SafeTensor> arranged = [.. tensors.OrderBy(tensor => tensor.Begin).ThenBy(tensor => tensor.End).ThenBy(tensor => tensor.Name, StringComparer.Ordinal)];
        long end = 0;
        foreach (SafeTensor tensor in arranged)
        {
            if (tensor.Begin != end || tensor.End < tensor.Begin)
            {
                throw Wrong(source, $"has tensor '{tensor.Name}' at [{tensor.Begin}, {tensor.End}], expected to begin at {end}, where the one before it ends");
            }

            if (BytesOf(tensor, source) is var bytes && bytes != tensor.End - tensor.Begin)
            {
                throw Wrong(source, $"has {tensor.End - tensor.Begin} bytes for tensor '{tensor.Name}', but {tensor.Type} {tensor.ShapeText} takes {bytes}");
            }

            end = tensor.End;
        }

        return end == dataLength ? arranged : throw Wrong(source, $"has {dataLength:N0} bytes of data, but its tensors take {end:N0}");
    }

    private static long BytesOf(SafeTensor tensor, string source)
    {
        long bytes = tensor.Type switch
        {
            "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" => 1,
            "U16" or "I16" or "F16" or "BF16" => 2,
            "U32" or "I32" or SafeTensor.Float32 => 4,
            "U64" or "I64" or "F64" => 8,
            _ => throw Wrong(source, $"has tensor '{tensor.Name}' of unknown type {tensor.Type}"),
        };
        try
        {
            return tensor.Shape.Aggregate(bytes, (product, dimension) => checked(product * dimension));
        }
        catch (OverflowException)
        {
            throw Wrong(source, $"has tensor '{tensor.Name}' of shape {tensor.ShapeText}, whose size exceeds 2⁶³ − 1");
        }
    }

    private static ModelFileException Wrong(string source, FormattableString what) =>
        new($"{source}: {what.ToString(CultureInfo.InvariantCulture)}; this is not a valid safetensors file; save it again.");
}
