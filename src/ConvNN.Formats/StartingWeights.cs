using System.Buffers.Binary;
using ConvNN.Files;
using ConvNN.Formats.SafeTensors;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Pictures;

namespace ConvNN.Formats;

/// <summary>
/// The weights of a file that a network begins with: every tensor whose name and shape are those of one of the network's. The file
/// may be a model of this program, or a state dict of PyTorch in safetensors, which has the same names and layouts.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="Taken">The names of the tensors that the network has taken.</param>
/// <param name="Misfits">The tensors that only one of the two has, or with another shape.</param>
public sealed record StartingWeights(string Path, string Sha256, IReadOnlyList<string> Taken, IReadOnlyList<TensorMisfit> Misfits)
{
    // Of an unknown file, enough to recognise it by.
    private const int NamedTensors = 3;

    /// <summary>How the file's network took the values of an image; null if the file does not say.</summary>
    public Normalization? Normalization { get; init; }

    /// <summary>Reads a file, and lets the network begin with what fits.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network; <see cref="ParameterLayout.Initialize"/> then gives these weights.</param>
    /// <exception cref="ModelFileException">It cannot be read, none of its tensors fits, or one that fits has a value that is not finite.</exception>
    public static StartingWeights Take(string path, Network network) =>
        RegularFile.Read(path, (stream, source) => Take(stream, source, network), (message, cause) => new ModelFileException(message, cause));

    private static StartingWeights Take(Stream stream, string source, Network network)
    {
        string hash = Sha256Hash.Of(stream);
        stream.Position = 0;
        SafeTensorsHeader header = SafeTensorsHeader.Read(stream, source);
        Dictionary<string, SafeTensor> given = header.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        List<string> taken = [];
        List<TensorMisfit> misfits = [];
        foreach (Parameter parameter in network.Layout.InFileOrder)
        {
            SafeTensor? tensor = given.GetValueOrDefault(parameter.Name);
            given.Remove(parameter.Name);
            if (tensor is not null && BytesOf(tensor) > 0 && tensor.Shape.SequenceEqual(parameter.Dimensions.Select(dimension => (long)dimension)))
            {
                network.Layout.StartAt(parameter, Values(stream, header, tensor));
                taken.Add(parameter.Name);
            }
            else
            {
                misfits.Add(new TensorMisfit(parameter.Name, ShapeOf(parameter), tensor is null ? null : ShapeOf(tensor)));
            }
        }

        misfits.AddRange(given.Values.Select(tensor => new TensorMisfit(tensor.Name, null, ShapeOf(tensor))));
        return taken.Count > 0 ? new StartingWeights(source, hash, taken, misfits) { Normalization = Normalization.Parse(header.Metadata.GetValueOrDefault(ModelFile.NormalizationKey, "")) } : throw new ModelFileException(
            $"{source}: none of its tensors has the name and shape of one of the network: it has {Some(header.Tensors.Select(tensor => $"{tensor.Name} {ShapeOf(tensor)}"))}, "
            + $"and the network {Some(network.Layout.InFileOrder.Select(parameter => $"{parameter.Name} {ShapeOf(parameter)}"))}; name the layers as the file does, or take another file.");
    }

    private static string Some(IEnumerable<string> tensors) => tensors.ToArray() is var all && all.Length > NamedTensors
        ? $"{string.Join(", ", all[..NamedTensors])} and {all.Length - NamedTensors} more"
        : all.Length == 0 ? "none" : string.Join(", ", all);

    private static string ShapeOf(Parameter parameter) => SafeTensor.ShapeTextOf(parameter.Dimensions.Select(dimension => (long)dimension));

    private static string ShapeOf(SafeTensor tensor) => BytesOf(tensor) > 0 ? tensor.ShapeText : $"{tensor.Type} {tensor.ShapeText}";

    /// <summary>The bytes of an element of a type that holds weights; 0 for others, such as the counters of PyTorch's batch norm.</summary>
    private static int BytesOf(SafeTensor tensor) => tensor.Type switch
    {
        "F16" or "BF16" => 2,
        SafeTensor.Float32 => 4,
        "F64" => 8,
        _ => 0,
    };

    private static float[] Values(Stream stream, SafeTensorsHeader header, SafeTensor tensor)
    {
        byte[] bytes = new byte[tensor.End - tensor.Begin];
        stream.Position = header.DataStart + tensor.Begin;
        stream.ReadExactly(bytes);
        int size = BytesOf(tensor);
        float[] values = new float[bytes.Length / size];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> element = bytes.AsSpan(i * size, size);
            values[i] = tensor.Type switch
            {
                "F16" => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                "BF16" => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
                "F64" => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
                _ => BinaryPrimitives.ReadSingleLittleEndian(element),
            };
            if (!float.IsFinite(values[i]))
            {
                throw new ModelFileException(FormattableString.Invariant(
                    $"{header.Source}: weight {tensor.Name}[{i}] is {values[i]}, expected finite weights; use a model from before training diverged."));
            }
        }

        return values;
    }
}

/// <summary>A tensor that a network does not begin with.</summary>
/// <param name="Name">Its name.</param>
/// <param name="InNetwork">Its shape in the network; null if the network does not have it.</param>
/// <param name="InFile">Its shape in the file; null if the file does not have it.</param>
public sealed record TensorMisfit(string Name, string? InNetwork, string? InFile);
