using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Parameters;

namespace ConvNN.Formats.SafeTensors;

/// <summary>
/// Writes and reads weights as a <see href="https://github.com/huggingface/safetensors">safetensors</see> file, float32 with the
/// names and row-major layouts of PyTorch: a <c>nn.Module</c> can load the result of <c>safetensors.torch.load_file</c>.
/// </summary>
/// <remarks>The data are the tensors sorted by name, without padding: their SHA-256 is <see cref="ParameterLayout.Hash"/>.</remarks>
public static class SafeTensorsFile
{
    private const int Alignment = 8;

    /// <summary>Writes all tensors of a network.</summary>
    /// <param name="stream">Receives the file.</param>
    /// <param name="layout">The layout of the tensors.</param>
    /// <param name="weights">A buffer of this layout.</param>
    /// <param name="metadata">The file's metadata.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(Stream stream, ParameterLayout layout, ReadOnlySpan<float> weights, IReadOnlyDictionary<string, string> metadata) =>
        Write(stream, layout.Parameters, weights, metadata);

    /// <summary>Writes some tensors of a network, or others of the same shapes, such as an optimizer's.</summary>
    /// <param name="stream">Receives the file.</param>
    /// <param name="tensors">Which tensors, and their layout.</param>
    /// <param name="values">A buffer of their layout, or of its trained part.</param>
    /// <param name="metadata">The file's metadata.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(Stream stream, IEnumerable<Parameter> tensors, ReadOnlySpan<float> values, IReadOnlyDictionary<string, string> metadata)
    {
        Parameter[] inOrder = [.. tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
        byte[] header = Header(inOrder, metadata);
        Span<byte> prefix = stackalloc byte[SafeTensorsHeader.PrefixLength];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach (Parameter parameter in inOrder)
        {
            for (int row = 0; row < parameter.Rows; row++)
            {
                Write(stream, parameter.Row(values, row));
            }
        }
    }

    /// <summary>Reads all tensors of a network, after the header.</summary>
    /// <param name="stream">The file, positioned at the data, where <see cref="SafeTensorsHeader.Read"/> leaves it.</param>
    /// <param name="header">Its header.</param>
    /// <param name="layout">Which tensors are expected, and where they go.</param>
    /// <returns>A buffer of this layout.</returns>
    /// <exception cref="ModelFileException">
    /// A tensor is missing, has another type or shape, or is not in this network; nothing is read or allocated.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static AlignedBuffer Read(Stream stream, SafeTensorsHeader header, ParameterLayout layout)
    {
        Dictionary<string, Parameter> parameters = Checked(header, layout.Parameters);
        AlignedBuffer weights = new(layout.Length);
        Read(stream, header, parameters, weights.Span);
        return weights;
    }

    /// <summary>Reads some tensors of a network, or others of the same shapes, after the header.</summary>
    /// <param name="stream">The file, positioned at the data.</param>
    /// <param name="header">Its header.</param>
    /// <param name="tensors">Which tensors are expected, and where they go.</param>
    /// <param name="values">Receives them: a buffer of their layout, or of its trained part.</param>
    /// <exception cref="ModelFileException">
    /// A tensor is missing, has another type or shape, or is not expected; nothing is read.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static void Read(Stream stream, SafeTensorsHeader header, IEnumerable<Parameter> tensors, Span<float> values) =>
        Read(stream, header, Checked(header, tensors), values);

    private static void Read(Stream stream, SafeTensorsHeader header, Dictionary<string, Parameter> parameters, Span<float> values)
    {
        foreach (SafeTensor tensor in header.Tensors)
        {
            Parameter parameter = parameters[tensor.Name];
            for (int row = 0; row < parameter.Rows; row++)
            {
                Read(stream, parameter.Row(values, row));
            }
        }
    }

    /// <summary>The tensors by name; throws if those of the file differ, and names the first difference.</summary>
    private static Dictionary<string, Parameter> Checked(SafeTensorsHeader header, IEnumerable<Parameter> tensors)
    {
        Dictionary<string, Parameter> parameters = tensors.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        foreach (SafeTensor tensor in header.Tensors)
        {
            if (!parameters.TryGetValue(tensor.Name, out Parameter? parameter))
            {
                throw Misfit(header, $"has a tensor '{tensor.Name}', which the network does not have");
            }

            long[] shape = [.. parameter.Dimensions];
            if (tensor.Type != SafeTensor.Float32 || !tensor.Shape.SequenceEqual(shape))
            {
                throw Misfit(header, $"has tensor '{tensor.Name}' as {tensor.Type} {tensor.ShapeText}, but the network has it as {SafeTensor.Float32} {SafeTensor.ShapeTextOf(shape)}");
            }
        }

        if (parameters.Keys.Except(header.Tensors.Select(tensor => tensor.Name)).Order(StringComparer.Ordinal).FirstOrDefault() is { } missing)
        {
            throw Misfit(header, $"has no tensor '{missing}', which the network has");
        }

        return parameters;
    }

    private static ModelFileException Misfit(SafeTensorsHeader header, string what) => new($"{header.Source}: {what}; this file belongs to another network.");

    private static byte[] Header(IEnumerable<Parameter> inOrder, IReadOnlyDictionary<string, string> metadata)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject(SafeTensorsHeader.MetadataKey);
            foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            long offset = 0;
            foreach (Parameter parameter in inOrder)
            {
                json.WriteStartObject(parameter.Name);
                json.WriteString("dtype", SafeTensor.Float32);
                WriteNumbers(json, "shape", parameter.Dimensions.Select(d => (long)d));
                WriteNumbers(json, "data_offsets", [offset, offset += sizeof(float) * (long)parameter.Count]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (stream.Length % Alignment != 0)
        {
            stream.WriteByte((byte)' ');
        }

        return stream.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static void Write(Stream stream, ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }

    private static void Read(Stream stream, Span<float> values)
    {
        stream.ReadExactly(MemoryMarshal.AsBytes(values));
        if (!BitConverter.IsLittleEndian)
        {
            Span<int> bits = MemoryMarshal.Cast<float, int>(values);
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }
    }
}
