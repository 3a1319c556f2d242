using System.Text.Json.Serialization;

namespace ConvNN.App.Commands.Bench;

/// <summary>The form of <see cref="BenchRecord"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NewLine = "\n", WriteIndented = true)]
[JsonSerializable(typeof(BenchRecord))]
internal sealed partial class BenchRecordJson : JsonSerializerContext;
