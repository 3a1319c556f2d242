using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvNN.App.Configuration;
using ConvNN.Data.Augmentations;
using ConvNN.Model.Layers;
using ConvNN.Model.Losses;
using ConvNN.Model.Options;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Schedules;
using Json.Schema;

namespace ConvNN.App.Tests.Configuration;

/// <summary>Every option is declared once; file, schema and code answer alike to every value, and with one sentence.</summary>
public class OptionDeclarationTests(ITestOutputHelper output)
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(ConfigurationSchema.Text());

    // Options whose property has another name than their key.
    private static readonly Dictionary<string, string> PropertyNames = new() { ["Content"] = "KeepsState", ["IntervalSeconds"] = "Interval" };

    /// <summary>Where an option is, and options of its class.</summary>
    /// <param name="Key">Its key in a configuration.</param>
    /// <param name="Option">The declaration.</param>
    /// <param name="Defaults">Options of its class.</param>
    /// <param name="Place">Puts a value into a configuration, with what else must be there.</param>
    private sealed record Declared(string Key, Option Option, object Defaults, Func<JsonNode?, JsonObject> Place);

    public static TheoryData<string> Keys { get; } = [.. All().Select(declared => declared.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Option_EveryProbe_GetsOneAnswerFromFileSchemaAndCode(string key)
    {
        Declared declared = All().Single(declared => declared.Key == key);
        OptionProbe[] probes = [.. OptionProbe.Of(declared.Option, declared.Defaults)];
        foreach (OptionProbe probe in probes)
        {
            if (probe.Json is not null)
            {
                JsonObject file = declared.Place(probe.Json.DeepClone());
                string? refused = Refusal(() => Sources.Read(file.ToJsonString()));
                bool isValid = Schema.Evaluate(JsonSerializer.SerializeToElement(file)).IsValid;

                Assert.True((refused is null) == probe.IsAllowed, $"{key}, {probe.What}: {file.ToJsonString()} is {refused ?? "accepted"}");
                Assert.True(isValid == probe.IsAllowed, $"{key}, {probe.What}: the schema {(isValid ? "accepts" : "refuses")} {file.ToJsonString()}");
            }

            if (probe.Number is { } number && Set(declared, number) is { } set)
            {
                string? refused = Refusal(set);

                Assert.True((refused is null) == probe.IsAllowed, $"{key}, {probe.What}: {number} in code is {refused ?? "accepted"}");
                Assert.True(refused is null || refused.Contains(declared.Option.Rule, StringComparison.Ordinal), $"{key}: '{refused}' does not have the rule '{declared.Option.Rule}'");
            }
        }

        output.WriteLine($"{key}: {probes.Length} probes, {probes.Count(probe => probe.Json is not null)} by file and schema, {probes.Count(probe => probe.Number is { } number && Set(declared, number) is not null)} by code");
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Option_WordInAnotherCase_IsTakenByFileAndSchema(string key)
    {
        Declared declared = All().Single(declared => declared.Key == key);
        JsonArray kinds = declared.Option.Schema(declared.Defaults)["anyOf"] as JsonArray ?? [];
        foreach (JsonNode? word in kinds.SelectMany(kind => kind!["enum"] as JsonArray ?? []))
        {
            JsonObject file = declared.Place(((string)word!).ToUpperInvariant());

            Assert.Null(Refusal(() => Sources.Read(file.ToJsonString())));
            Assert.True(Schema.Evaluate(JsonSerializer.SerializeToElement(file)).IsValid, $"{key}: the schema refuses {file.ToJsonString()}");
        }
    }

    /// <summary>An option that is listed but not read would be accepted and ignored.</summary>
    [Theory]
    [MemberData(nameof(Keys))]
    public void Option_AnAllowedValueOtherThanTheDefault_ReachesTheOptions(string key)
    {
        Declared declared = All().Single(declared => declared.Key == key);
        JsonNode? before = declared.Option.Write(declared.Defaults);
        IEnumerable<OptionProbe> others = OptionProbe.Of(declared.Option, declared.Defaults)
            .Where(probe => probe.IsAllowed && probe.Json is not null && probe.Json.ToJsonString() != before?.ToJsonString());
        foreach (OptionProbe probe in others)
        {
            object? read = declared.Option.Read(declared.Defaults, probe.Json!.ToString());

            Assert.True(read is not null, $"{key}: {probe.Json} is not read");
            Assert.Equal(probe.Json.ToJsonString(), declared.Option.Write(read)!.ToJsonString());
        }
    }

    [Fact]
    public void Option_Keys_AreDeclaredOnce()
    {
        Assert.Equal(Keys.Count, Keys.Select(row => row.Data).Distinct().Count());
        Assert.True(Keys.Count > 100, $"{Keys.Count} options");
        Assert.All(All(), declared => Assert.False(string.IsNullOrEmpty(declared.Option.Description)));
    }

    private static IEnumerable<Declared> All() =>
    [
        .. Settings.All.Where(setting => !setting.IsSection).Select(setting => new Declared(
            setting.Key, setting.Option, setting.Get(new RunConfiguration()), value => Nested(setting.Key, value))),
        .. Typed(OptimizerRegistry.Types),
        .. Typed(ScheduleRegistry.Types),
        .. Typed(LossRegistry.Types),
        .. Typed(AugmentationRegistry.Types),
        .. from type in LayerRegistry.Types.Types
           from option in type.Options
           select new Declared(
               $"Model:Layers:{type.Name}:{option.Name}",
               option,
               type.CreateDefault(),
               value => new JsonObject { ["Model"] = new JsonObject { ["Layers"] = new JsonArray(With(type, option, value)) } }),
    ];

    private static IEnumerable<Declared> Typed<T>(TypeRegistry<T> registry)
        where T : TypedOptions =>
        from type in registry.Types
        from option in type.Options
        select new Declared($"{registry.Path}:{type.Name}:{option.Name}", option, type.CreateDefault(), value => Nested(registry.Path, With(type, option, value)));

    /// <summary>A section of a type with its required options and one that is tried.</summary>
    private static JsonObject With(TypeDefinition type, Option option, JsonNode? value)
    {
        object defaults = type.CreateDefault();
        JsonObject section = new() { ["Type"] = type.Name };
        foreach (Option required in type.Options.Where(other => other.IsRequired))
        {
            section[required.Name] = required.Write(defaults);
        }

        section[option.Name] = value;
        return section;
    }

    private static JsonObject Nested(string key, JsonNode? value)
    {
        foreach (string name in key.Split(':').Reverse())
        {
            value = new JsonObject { [name] = value };
        }

        return value!.AsObject();
    }

    /// <summary>Sets a number as code does, in an object initializer; null where the property's type cannot hold it.</summary>
    private static Action? Set(Declared declared, double number)
    {
        PropertyInfo property = declared.Defaults.GetType().GetProperty(PropertyNames.GetValueOrDefault(declared.Option.Name, declared.Option.Name))!;
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        object? value = type switch
        {
            _ when type == typeof(double) => number,
            _ when type == typeof(int) && number == Math.Floor(number) && number is >= int.MinValue and <= int.MaxValue => (int)number,
            _ when type == typeof(long) && number == Math.Floor(number) && Math.Abs(number) < 1e15 => (long)number,
            _ when type == typeof(TimeSpan) && double.IsFinite(number) => TimeSpan.FromSeconds(number),
            _ when type == typeof(Model.Size2d) && number == Math.Floor(number) && number is >= int.MinValue and <= int.MaxValue => new Model.Size2d((int)number, (int)number),
            _ => null,
        };
        return value is null ? null : () =>
        {
            try
            {
                property.SetValue(declared.Defaults, value);
            }
            catch (TargetInvocationException thrown)
            {
                throw thrown.InnerException!;
            }
        };
    }

    private static string? Refusal(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (ConfigurationException refused)
        {
            return refused.Message;
        }
    }
}
