using System.Text.Json;
using System.Text.Json.Nodes;
using ConvNN.Files;
using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Model.Options;
using ConvNN.Model.Parameters;
using ConvNN.Pictures;

namespace ConvNN.Formats;

/// <summary>
/// A trained network in one safetensors file: the weights, and metadata with everything needed to use them, from the layers to
/// the normalisation of pixels. Files of the same weights have the same bytes.
/// </summary>
public sealed class ModelFile
{
    /// <summary>The file's name in a run folder.</summary>
    public const string DefaultName = "model.safetensors";

    internal const string NormalizationKey = "convnn.normalization";

    private const string FormatKey = "format";
    private const string VersionKey = "convnn.version";
    private const string NetworkKey = "convnn.network";
    private const string ClassesKey = "convnn.classes";
    private const string ClassNamesKey = "convnn.class_names";
    private const string DatasetKey = "convnn.dataset";
    private const string PrepareKey = "convnn.prepare";
    private const string HashKey = "convnn.weights_sha256";

    // Hugging Face's tools recognise PyTorch weights by it.
    private const string PyTorch = "pt";

    private ModelFile(Network network, AlignedBuffer weights, ModelSubject subject, string weightsSha256)
    {
        Network = network;
        Weights = weights;
        Subject = subject;
        WeightsSha256 = weightsSha256;
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>Its weights, all finite.</summary>
    public AlignedBuffer Weights { get; }

    /// <summary>What it was trained on.</summary>
    public ModelSubject Subject { get; }

    /// <summary>Name of the dataset that it was trained on.</summary>
    public string Dataset => Subject.Dataset;

    /// <summary>The names of the classes; null if they are just numbers.</summary>
    public IReadOnlyList<string>? ClassNames => Subject.ClassNames;

    /// <summary>SHA-256 of the weights, <see cref="ParameterLayout.Hash"/>.</summary>
    public string WeightsSha256 { get; }

    /// <summary>Writes a file atomically; an existing one is replaced.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="network">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="subject">What it was trained on.</param>
    /// <exception cref="ModelFileException">A weight is not finite; an existing file stays as it was.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one stays as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied; an existing one stays as it was.</exception>
    public static void Save(string path, Network network, AlignedBuffer weights, ModelSubject subject)
    {
        CheckFinite(path, network.Layout, weights.Span);
        AtomicFile.Write(path, stream => Write(stream, network, weights, subject));
    }

    /// <summary>Writes the bytes of a file.</summary>
    /// <param name="stream">Receives the bytes.</param>
    /// <param name="network">The network.</param>
    /// <param name="weights">Its weights, all finite.</param>
    /// <param name="subject">What it was trained on.</param>
    /// <exception cref="IOException">They cannot be written.</exception>
    public static void Write(Stream stream, Network network, AlignedBuffer weights, ModelSubject subject)
    {
        Dictionary<string, string> metadata = new()
        {
            [FormatKey] = PyTorch,
            [VersionKey] = typeof(ModelFile).Assembly.GetName().Version!.ToString(3),
            [NetworkKey] = NetworkJson.Write(network).ToJsonString(),
            [ClassesKey] = network.Output.ToString(),
            [DatasetKey] = subject.Dataset,
            [PrepareKey] = subject.Preparation.Name,
            [NormalizationKey] = subject.Normalization.ToString(),
            [HashKey] = network.Layout.Hash(weights.Span),
        };
        if (subject.ClassNames is { } classNames)
        {
            metadata[ClassNamesKey] = new JsonArray([.. classNames.Select(name => (JsonNode)name)]).ToJsonString();
        }

        SafeTensorsFile.Write(stream, network.Layout, weights.Span, metadata);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFileException">It is missing, cannot be read, or is not a file as <see cref="Save"/> writes it.</exception>
    public static ModelFile Load(string path) => RegularFile.Read(path, Load, (message, cause) => new ModelFileException(message, cause));

    /// <summary>Reads a file.</summary>
    /// <param name="stream">The file, from its start; it must know its length.</param>
    /// <param name="source">Its name in messages.</param>
    /// <exception cref="ModelFileException">It is not a file as <see cref="Save"/> writes it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ModelFile Load(Stream stream, string source)
    {
        SafeTensorsHeader header = SafeTensorsHeader.Read(stream, source);
        Network network = Build(header);
        AlignedBuffer weights = SafeTensorsFile.Read(stream, header, network.Layout);
        CheckFinite(source, network.Layout, weights.Span);
        string expected = Text(header, HashKey);
        string found = network.Layout.Hash(weights.Span);
        return found == expected
            ? new ModelFile(network, weights, SubjectOf(header, network), found)
            : throw new ModelFileException($"{source}: the weights have the SHA-256 {found}, expected {expected}; the file is damaged, save it again.");
    }

    private static ModelSubject SubjectOf(SafeTensorsHeader header, Network network) => new(Text(header, DatasetKey))
    {
        ClassNames = Names(header, network),
        Preparation = PreparationOf(header, network),
        Normalization = NormalizationOf(header, network),
    };

    private static Normalization NormalizationOf(SafeTensorsHeader header, Network network)
    {
        string text = Text(header, NormalizationKey);
        return Normalization.Parse(text) is { } normalization && (normalization.IsUnit || normalization.Means.Count == network.Input.Channels)
            ? normalization
            : throw new ModelFileException(
                $"{header.Source}: {NormalizationKey} is '{text}', expected '{Normalization.Unit}', or '(pixel / 255 - [mean, …]) / [deviation, …]' with a number for each of {network.Input.Channels} channels; use a version of ConvNN that supports it.");
    }

    // Files of version 0.1.0 that lack the key were all used with MNIST's preparation, which suits networks for one channel alone.
    private static Preparation PreparationOf(SafeTensorsHeader header, Network network) =>
        !header.Metadata.TryGetValue(PrepareKey, out string? name) ? (network.Input.Channels == 1 ? Preparations.Mnist : Preparations.Resize)
        : Preparations.Find(name)
        ?? throw new ModelFileException($"{header.Source}: {PrepareKey} is '{name}', expected {string.Join(", ", Preparations.All.Select(known => known.Name))}; use a version of ConvNN that supports it.");

    private static string[]? Names(SafeTensorsHeader header, Network network)
    {
        if (!header.Metadata.TryGetValue(ClassNamesKey, out string? json))
        {
            return null;
        }

        try
        {
            string[] names = [.. JsonNode.Parse(json)!.AsArray().Select(name => name!.GetValue<string>())];
            if (names.Length == network.Output.Count && !names.Any(name => name.Any(char.IsControl)))
            {
                return names;
            }
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or NullReferenceException)
        {
            // Reported below, like a list of the wrong length.
        }

        throw new ModelFileException($"{header.Source}: {ClassNamesKey} is not a list of {network.Output.Count} names, one for each class; the file is damaged, save it again.");
    }

    private static Network Build(SafeTensorsHeader header)
    {
        try
        {
            return NetworkJson.Read(Text(header, NetworkKey));
        }
        catch (Exception wrong) when (wrong is JsonException or ConfigurationException or NetworkException or ArgumentException)
        {
            string reason = wrong.Message.TrimEnd('.');
            string version = header.Metadata.GetValueOrDefault(VersionKey, "unknown");
            throw new ModelFileException($"{header.Source}: {NetworkKey} does not define a network that this version can build: {reason}; it was written by version {version}.", wrong);
        }
    }

    private static string Text(SafeTensorsHeader header, string key) =>
        header.Metadata.TryGetValue(key, out string? text)
            ? text
            : throw new ModelFileException($"{header.Source}: its metadata has no {key}; expected a file written by ConvNN.");

    /// <summary>Throws if a weight is not finite, and names the first one.</summary>
    /// <param name="source">Their name in the message.</param>
    /// <param name="layout">The layout of the weights.</param>
    /// <param name="weights">A buffer of this layout.</param>
    /// <exception cref="ModelFileException">A weight is not finite.</exception>
    public static void CheckFinite(string source, ParameterLayout layout, ReadOnlySpan<float> weights)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            if (!float.IsFinite(weights[i]))
            {
                throw new ModelFileException(FormattableString.Invariant(
                    $"{source}: weight {layout.Describe(i)} is {weights[i]}, expected finite weights; use a model from before training diverged."));
            }
        }
    }
}
